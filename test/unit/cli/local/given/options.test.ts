import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGivenServers, type GivenFlags } from '../../../../../cli/src/local/given/options';

/** What is said of these flags and variables; nothing when they are accepted. */
const said = (flags: GivenFlags, env: NodeJS.ProcessEnv = {}): Promise<string> =>
  readGivenServers(flags, env).then(
    () => '',
    (error: unknown) => (error as { problem: string }).problem,
  );

describe('servers of the user’s own', () => {
  it('are none, whatever other programs’ variables say', async () => {
    const env = {
      DATABASE_URL: 'postgres://a@127.0.0.1/b',
      REDIS_URL: 'redis://127.0.0.1',
      VAULT_ADDR: 'http://127.0.0.1:8200',
      VAULT_TOKEN: 'token',
      OIDC_ISSUER_URL: 'https://id.example.com',
    };
    await expect(readGivenServers({}, env)).resolves.toEqual({});
  });

  it('are named by variables of Portcullis’ own', async () => {
    await expect(
      readGivenServers(
        {},
        {
          PORTCULLIS_DATABASE_URL: 'postgres://root:pw@localhost:5433/postgres',
          PORTCULLIS_REDIS_URL: 'redis://127.0.0.1:6380',
          PORTCULLIS_VAULT_ADDR: 'http://127.0.0.1:8200/',
          PORTCULLIS_VAULT_TOKEN: 'token',
          PORTCULLIS_OIDC_ISSUER_URL: 'https://id.example.com',
          PORTCULLIS_OAUTH_CLIENT_ID: 'client',
          PORTCULLIS_OAUTH_CLIENT_SECRET: 'secret',
        },
      ),
    ).resolves.toEqual({
      databaseUrl: 'postgres://root:pw@localhost:5433/postgres',
      redisUrl: 'redis://127.0.0.1:6380',
      vault: { address: 'http://127.0.0.1:8200', token: 'token' },
      identity: { issuer: 'https://id.example.com', clientId: 'client', clientSecret: 'secret' },
    });
  });

  it('are named by flags, which win, with the secrets in variables', async () => {
    await expect(
      readGivenServers(
        { databaseUrl: 'postgres://root@127.0.0.1', vaultAddr: 'http://127.0.0.1:8200' },
        {
          PORTCULLIS_DATABASE_URL: 'postgres://other@127.0.0.1',
          PORTCULLIS_DATABASE_PASSWORD: 'p@ss/word',
          PORTCULLIS_VAULT_TOKEN: 'token',
        },
      ),
    ).resolves.toEqual({
      databaseUrl: 'postgres://root:p%40ss%2Fword@127.0.0.1',
      vault: { address: 'http://127.0.0.1:8200', token: 'token' },
    });
  });

  it('take the token of Vault from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'portcullis-token-'));
    try {
      const vaultTokenFile = join(folder, 'token');
      await writeFile(vaultTokenFile, 'from-a-file\n');
      await expect(
        readGivenServers({ vaultAddr: 'http://127.0.0.1:8200', vaultTokenFile }, {}),
      ).resolves.toEqual({ vault: { address: 'http://127.0.0.1:8200', token: 'from-a-file' } });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each<[string, GivenFlags, NodeJS.ProcessEnv, string]>([
    [
      'a password in an argument',
      { databaseUrl: 'postgres://root:canary@127.0.0.1' },
      {},
      'set PORTCULLIS_DATABASE_PASSWORD',
    ],
    ['no PostgreSQL at all', { databaseUrl: 'mysql://127.0.0.1' }, {}, 'give one such as postgres://'],
    ['a server elsewhere', { redisUrl: 'redis://redis.example.com' }, {}, 'is not on this machine'],
    [
      'a host in a parameter',
      { databaseUrl: 'postgres://root@127.0.0.1/db?host=db.example.com' },
      {},
      'the URL has parameters: host',
    ],
    ...['/3', '/x', '//'].map((path): [string, GivenFlags, NodeJS.ProcessEnv, string] => [
      `a database of Redis by its number, ${path}`,
      { redisUrl: `redis://127.0.0.1${path}` },
      {},
      'leave the path out: database 0 is used',
    ]),
    [
      'a path of Vault',
      { vaultAddr: 'http://127.0.0.1:8200/vault' },
      { PORTCULLIS_VAULT_TOKEN: 'canary' },
      '--vault-addr: the URL has more than a host and a port',
    ],
    [
      'a user in the URL of Vault',
      { vaultAddr: 'http://canary:canary@127.0.0.1:8200' },
      { PORTCULLIS_VAULT_TOKEN: 'canary' },
      '--vault-addr: the URL has more than a host and a port',
    ],
    ['a Vault without a token', { vaultAddr: 'http://127.0.0.1:8200' }, {}, 'set PORTCULLIS_VAULT_TOKEN'],
    [
      'a Vault elsewhere',
      { vaultAddr: 'https://vault.example.com' },
      { PORTCULLIS_VAULT_TOKEN: 'canary' },
      'vault.example.com is not on this machine',
    ],
    [
      'a provider without a client',
      { oidcIssuerUrl: 'https://id.example.com' },
      {},
      'PORTCULLIS_OAUTH_CLIENT_ID',
    ],
    [
      'a provider that would get a secret in the clear',
      { oidcIssuerUrl: 'http://id.example.com' },
      { PORTCULLIS_OAUTH_CLIENT_ID: 'client', PORTCULLIS_OAUTH_CLIENT_SECRET: 'canary' },
      'in the clear',
    ],
  ])('are refused: %s', async (_what, flags, env, expected) => {
    const problem = await said(flags, env);
    expect(problem).toContain(expected);
    expect(problem).not.toContain('canary');
  });

  it('are refused with all that is wrong at once', async () => {
    const problem = await said(
      { databaseUrl: 'nonsense', redisUrl: 'redis://redis.example.com', vaultAddr: 'nonsense' },
      {},
    );
    for (const flag of ['--database-url', '--redis-url', '--vault-addr']) expect(problem).toContain(flag);
  });

  it('are refused with all that is wrong about one of them at once', async () => {
    const problem = await said({ redisUrl: 'redis://root:canary@redis.example.com/3?host=other' });
    for (const expected of [
      ...['redis.example.com is not on this machine', 'the URL has parameters: host'],
      ...['the path /3', 'holds a password'],
    ]) {
      expect(problem).toContain(expected);
    }
  });

  it.each(['', '/', '/0'])('may name database 0 of Redis, which is used: %j', async (path) => {
    await expect(readGivenServers({ redisUrl: `redis://127.0.0.1${path}` }, {})).resolves.toMatchObject({
      redisUrl: `redis://127.0.0.1${path}`,
    });
  });
});
