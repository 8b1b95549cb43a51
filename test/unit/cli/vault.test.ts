import { withLeasedRedis } from '../../../cli/src/leased-redis';
import { vaultFromEnvironment } from '../../../cli/src/vault';

test.each([
  [{}, 'VAULT_ADDR is not set'],
  [{ VAULT_ADDR: 'vault' }, 'VAULT_ADDR is no http(s) URL: (not a URL)'],
  [
    { VAULT_ADDR: 'http://vault.example.com:8200', VAULT_TOKEN: 'x' },
    'http://vault.example.com:8200 would get the token in the clear',
  ],
  [{ VAULT_ADDR: 'https://vault.example.com:8200' }, 'VAULT_TOKEN is not set'],
])('with %j there is no Vault to ask', (env, problem) => {
  expect(() => vaultFromEnvironment(env)).toThrow(problem);
});

test('a token that leases a Redis user is not sent in the clear either', async () => {
  const env = {
    VAULT_ADDR: 'http://vault.example.com:8200',
    VAULT_TOKEN: 'canary',
    REDIS_HOST: 'redis.example.com',
  };
  await expect(withLeasedRedis(env, 'role', () => Promise.resolve())).rejects.toMatchObject({
    code: 'ERR_SETTING',
    message: 'http://vault.example.com:8200 would get the token in the clear; use https',
  });
});
