import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withLeasedRedis } from '../../../../cli/src/connections/leased-redis';

const ROLE = { mount: 'database', role: 'redis-role' };

/** What the command does with a Vault that answers so, whatever is asked of it. */
async function withAnswer(status: number, body: string): Promise<unknown> {
  const vault = createServer((_, res) => void res.writeHead(status).end(body)).listen(0, '127.0.0.1');
  await once(vault, 'listening');
  const { port } = vault.address() as AddressInfo;
  const env = { VAULT_ADDR: `http://127.0.0.1:${port}`, VAULT_TOKEN: 'a-token', REDIS_HOST: '127.0.0.1' };
  try {
    return await withLeasedRedis(env, ROLE, () => Promise.resolve('leased')).catch((error: unknown) => error);
  } finally {
    vault.close();
  }
}

describe('a user leased from what is no Vault', () => {
  it.each([
    ['nothing', ''],
    ['no object', 'null'],
    ['a list', '[]'],
    ['a page', '<html>'],
    ['no data', JSON.stringify({ lease_id: 'database/creds/redis-role/1' })],
    ['data that is nothing', JSON.stringify({ lease_id: 'database/creds/redis-role/1', data: null })],
    ['no lease', JSON.stringify({ data: { username: 'u', password: 'p' } })],
    ['a name that is no text', JSON.stringify({ lease_id: 'l', data: { username: 1, password: 'p' } })],
    ['no password', JSON.stringify({ lease_id: 'l', data: { username: 'u', password: '' } })],
  ])('%s: one error that says so', async (_, body) => {
    expect(await withAnswer(200, body)).toMatchObject({
      code: 'ERR_UNREACHABLE',
      message: expect.stringMatching(
        /^Vault at http:\/\/127\.0\.0\.1:\d+ leases out no Redis user: what answers on database\/creds\/redis-role leases out no user with a password/,
      ) as string,
    });
  });

  it.each(['null', '{"errors":"none"}', '{"errors":[7,null]}', '[]'])(
    'a refusal that Vault would not write, %s, is told as one',
    async (body) => {
      expect(await withAnswer(503, body)).toMatchObject({
        code: 'ERR_UNREACHABLE',
        message: expect.stringContaining('Vault answered 503 on database/creds/redis-role') as string,
      });
    },
  );
});
