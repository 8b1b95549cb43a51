import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveStatus } from '../../../../runtime/src/secrets/status-server';

test('a path of digits is a socket, and no port that is open to all', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-status-'));
  const before = process.cwd();
  process.chdir(folder);
  try {
    const server = await serveStatus('39201', () => ({ token: {}, leases: [] }) as never);
    expect(server.address()).toBe(join(process.cwd(), '39201'));
    expect(existsSync(join(folder, '39201'))).toBe(true);
    await new Promise((closed) => server.close(closed));
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
});

test('an empty path is none', async () => {
  await expect(serveStatus('', () => ({}) as never)).rejects.toThrow();
});
