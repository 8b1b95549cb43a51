import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withLeasedRedis } from '../../../../cli/src/connections/leased-redis';
import { vaultFromEnvironment } from '../../../../cli/src/connections/vault';

test.each([
  [{}, 'VAULT_ADDR is not set'],
  [{ VAULT_ADDR: 'vault' }, 'VAULT_ADDR is not an http(s) URL: (not a URL)'],
  [{ VAULT_ADDR: 'ftp://root:canary@vault' }, 'VAULT_ADDR is not an http(s) URL: ftp://vault'],
  [{ VAULT_ADDR: 'https://root:canary@vault.example.com' }, 'VAULT_ADDR holds a user or a password'],
  [
    { VAULT_ADDR: 'https://vault.example.com', VAULT_TOKEN: 'hvs.can\nary' },
    'the token for Vault holds a line break or another character that no token has',
  ],
  [
    { VAULT_ADDR: 'http://vault.example.com:8200', VAULT_TOKEN: 'x' },
    'http://vault.example.com:8200 would get the token in the clear',
  ],
  [{ VAULT_ADDR: 'https://vault.example.com:8200' }, 'VAULT_TOKEN is not set'],
])('with %j there is no Vault to ask', (env, problem) => {
  expect(() => vaultFromEnvironment(env)).toThrow(problem);
  expect(() => vaultFromEnvironment(env)).toThrow(
    expect.objectContaining({ message: expect.not.stringMatching(/canary|ary/) as string }) as Error,
  );
});

test('a Vault below a path is asked there, a line break after the token is no part of it', async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url, headers }, response) => {
    asked.push(url, headers['x-vault-token'] as string);
    response.end('{"data":{}}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const vault = vaultFromEnvironment({
    VAULT_ADDR: `http://127.0.0.1:${port}/team/vault/`,
    VAULT_TOKEN: 'x\n',
  });
  await vault.read('secret/data/a').finally(() => server.close());
  expect(asked).toEqual(['/team/vault/v1/secret/data/a', 'x']);
});

test('a token that leases a Redis user is not sent in the clear either', async () => {
  const env = {
    VAULT_ADDR: 'http://vault.example.com:8200',
    VAULT_TOKEN: 'canary',
    REDIS_HOST: 'redis.example.com',
  };
  await expect(
    withLeasedRedis(env, { mount: 'database', role: 'role' }, () => Promise.resolve()),
  ).rejects.toMatchObject({
    code: 'ERR_SETTING',
    message: 'http://vault.example.com:8200 would get the token in the clear; use https',
  });
});

test.each([
  { REDIS_HOST: 'redis/path' },
  { REDIS_HOST: 'user:canary@redis' },
  { REDIS_HOST: '[' },
  { REDIS_HOST: 'redis', REDIS_PORT: '99999' },
  { REDIS_HOST: 'redis', REDIS_PORT: 'x' },
])('with %j no user of Redis is leased', async (where) => {
  const env = { VAULT_ADDR: 'http://127.0.0.1:9', VAULT_TOKEN: 'x', ...where };
  await expect(
    withLeasedRedis(env, { mount: 'database', role: 'role' }, () => Promise.resolve()),
  ).rejects.toThrow(/^received .* as REDIS_HOST/);
});
