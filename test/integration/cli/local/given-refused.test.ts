/** Servers of the user's own that `npm start` does not use as they are, and what it says. */
import { existsSync } from 'node:fs';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { choosePort, onPort } from '../../../../cli/src/engines/process/ports';
import type { Run } from '../../../../cli/src/engines/process/run';
import { startEnvironment } from '../../../../cli/src/local/environment';
import type { GivenServers } from '../../../../cli/src/local/given/options';
import { withClient } from '../../../../cli/src/local/postgres-admin';
import { redisCommand } from '../../../../cli/src/local/servers/redis';
import { Server } from '../../../../cli/src/local/servers/server';
import { openBaoBinary, usePostgres, useRedis, useServer } from '../../../support/engines';
import { snapshotOf } from './own-servers';

const postgres = usePostgres();
const redis = useRedis();

/** `bao server -dev`, as people start one: it mounts `secret/` itself. */
const devServer = useServer(async (run) => {
  const binary = await openBaoBinary(run);
  return onPort(undefined, 'OpenBao', async (port) => {
    const vault = { address: `http://127.0.0.1:${port}`, token: 'dev-token' };
    const listen = `-dev-listen-address=127.0.0.1:${port}`;
    await Server.start(run, {
      process: {
        name: 'openbao-dev',
        command: binary,
        args: ['server', '-dev', '-dev-no-store-token', `-dev-root-token-id=${vault.token}`, listen],
        env: { PATH: process.env.PATH, HOME: run.folder },
      },
      answers: async () => {
        await new VaultClient(vault.address, vault.token).read('sys/mounts/secret');
      },
    });
    return vault;
  });
});

const servers = () => ({
  vault: devServer(),
  databaseUrl: postgres().adminUrl,
  redisUrl: redis().adminUrl,
});

/** Whoever agrees before anything was looked at would agree to anything. */
const agrees = (): Promise<void> => Promise.resolve();

describe('servers of the user’s own that are in use', () => {
  it('are refused all at once, each with its remedy, and nothing on them is changed', async () => {
    const root = new VaultClient(devServer().address, devServer().token);
    await root.write('sys/policies/acl/fintech-api', { policy: '# somebody else has this' });
    await root.write('sys/auth/approle', { type: 'approle' });
    await withClient(postgres().adminUrl, async (query) => {
      await query('create role fintech_app');
      await query('create database fintech');
    });
    await withClient(postgres().adminUrl.replace(/postgres$/, 'fintech'), (query) =>
      query('create table theirs (id int)'),
    );
    await redisCommand(redis().adminUrl, ['SET', 'theirs', '1']);
    const before = await snapshotOf(servers());

    const refused = startEnvironment({ given: servers(), confirm: agrees });

    await expect(refused).rejects.toMatchObject({ code: 'ERR_GIVEN_SERVER' });
    const { problem } = await refused.then(
      () => ({ problem: '' }),
      (error: unknown) => error as { problem: string },
    );
    for (const said of [
      'the mount secret/ is in use',
      'bao secrets disable secret',
      'the login method approle/ is in use',
      'the policy fintech-api exists',
      'the role fintech_app exists',
      'the database fintech exists, with 1 tables',
      'db0 holds 1 keys',
    ]) {
      expect(problem).toContain(said);
    }
    await expect(snapshotOf(servers())).resolves.toEqual(before);
  });

  it('are refused with the mount that is really there, where one of ours would be above it', async () => {
    const root = new VaultClient(devServer().address, devServer().token);
    await root.write('sys/mounts/database/theirs', { type: 'kv' });
    await expect(startEnvironment({ given: { vault: devServer() }, confirm: agrees })).rejects.toMatchObject({
      problem: expect.stringContaining('bao secrets disable database/theirs') as string,
    });
    await root.remove('sys/mounts/database/theirs');
  });

  it('are not changed when nobody agrees', async () => {
    await redisCommand(redis().adminUrl, ['FLUSHALL']);
    const before = await snapshotOf(servers());
    const start = startEnvironment({ given: { redisUrl: redis().adminUrl } });
    await expect(start).rejects.toMatchObject({
      code: 'ERR_NOT_CONFIRMED',
      remedy: expect.stringContaining('--yes') as string,
    });
    await expect(snapshotOf(servers())).resolves.toEqual(before);
  });
});

it('servers that are put to use while the engines are made are refused as well', async () => {
  await redisCommand(redis().adminUrl, ['FLUSHALL']);
  const { redisUrl } = servers();
  let agreed: unknown;
  const start = startEnvironment({
    given: { redisUrl },
    confirm: async () => {
      agreed = await snapshotOf(servers());
      await redisCommand(redisUrl, ['SET', 'theirs', '1']);
    },
  });
  await expect(start).rejects.toMatchObject({
    code: 'ERR_GIVEN_SERVER',
    problem: expect.stringContaining('db0 holds 1 keys') as string,
  });
  await redisCommand(redisUrl, ['DEL', 'theirs']);
  await expect(snapshotOf(servers())).resolves.toEqual(agreed);
});

describe('a token that may not do all that the deploy needs', () => {
  it('is refused before anything is changed, with every right that it lacks', async () => {
    const root = new VaultClient(devServer().address, devServer().token);
    const most = 'path "*" { capabilities = ["create", "read", "update", "delete", "list"] }';
    const rules = [
      'path "database/roles/redis-role" { capabilities = ["deny"] }',
      'path "sys/mounts/database" { capabilities = ["read", "update"] }',
    ];
    await root.write('sys/policies/acl/most', { policy: [most, ...rules].join('\n') });
    const { auth } = await root.write('auth/token/create', { policies: ['most'], ttl: '1h' });
    const before = await snapshotOf(servers());
    const vault = { ...devServer(), token: auth?.client_token ?? '' };

    const start = startEnvironment({ given: { vault }, confirm: agrees });

    await expect(start).rejects.toMatchObject({ code: 'ERR_GIVEN_SERVER' });
    const problem = await start.then(String, (error: unknown) => (error as { problem: string }).problem);
    for (const lacking of [
      ...['sys/auth/approle: sudo', 'sys/leases/revoke-prefix/secret: sudo', 'auth/token/create: sudo'],
      ...['database/roles/redis-role: create, update', 'sys/mounts/database: delete'],
    ]) {
      expect(problem).toContain(lacking);
    }
    // What it may do is not among them.
    expect(problem).not.toMatch(/policies\/acl|data\/fintech-api|undefined/);
    expect(problem).not.toContain(vault.token);
    await expect(snapshotOf(servers())).resolves.toEqual(before);
  });
});

describe('a server that the user names and that does not answer', () => {
  /** An address of this machine where nothing listens. */
  const nobody = async (): Promise<string> => `127.0.0.1:${await choosePort(undefined, 'the test')}`;

  it.each<[string, (host: string) => GivenServers]>([
    ['Vault', (host) => ({ vault: { address: `http://${host}`, token: 'canary-token' } })],
    ['PostgreSQL', (host) => ({ databaseUrl: `postgres://admin:canary-token@${host}/db` })],
    ['Redis', (host) => ({ redisUrl: `redis://admin:canary-token@${host}` })],
    [
      'identity',
      (host) => ({
        identity: { issuer: `http://${host}`, clientId: 'client', clientSecret: 'canary-token' },
      }),
    ],
  ])(
    'ends the start with its address and a remedy, and nothing is left running: %s',
    async (_, given) => {
      const host = await nobody();
      let run: Run | undefined;
      const start = startEnvironment({
        given: given(host),
        confirm: agrees,
        onRun: (opened) => (run = opened),
      });
      await expect(start).rejects.toMatchObject({
        code: expect.stringMatching(/ERR_GIVEN_SERVER|ERR_UNREACHABLE/) as string,
        problem: expect.stringContaining(host) as string,
        remedy: expect.stringMatching(/leave .* out/) as string,
      });
      await expect(start).rejects.not.toThrow(/canary-token/);
      expect(existsSync(run!.folder)).toBe(false);
      expect(() => process.kill(run!.warden.pid!, 0)).toThrow('ESRCH');
    },
    60_000,
  );
});
