import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const CHECKOUT = join(__dirname, '../../..');

/** Runs a command whose standard output nobody reads any more. */
async function unread(...args: string[]): Promise<{ code: number; stderr: string }> {
  const child = spawn(process.execPath, ['bootstrap.mjs', ...args], { cwd: CHECKOUT });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, stderr };
}

it('ends its work when whoever read has left', async () => {
  await expect(unread('explain')).resolves.toEqual({ code: 0, stderr: '' });
});

it('has its own exit code then', async () => {
  const { code, stderr } = await unread('zap-gate', 'no-such-report.json', '--json');
  expect(stderr).not.toMatch(/EPIPE|Unhandled/);
  expect(code).not.toBe(0);
});
