/** Users of Redis that a saved ACL file brings back: `portcullis secrets sweep-redis` on real servers. */
import { readFile } from 'node:fs/promises';
import { redisCommand } from '../../../../cli/src/local/servers/redis';
import { portcullis } from '../../../support/portcullis';
import { until } from '../../../support/until';
import { useShortLeases } from '../../runtime/secrets/short-leases';

const leases = useShortLeases();

interface Leased {
  readonly id: string;
  readonly username: string;
  readonly url: string;
}

/** A user of role `cache`. The first requests after a restart of Redis may fail: Vault's connection broke. */
const lease = (): Promise<Leased> =>
  until(async () => {
    const { admin, redis } = leases();
    const { lease_id: id = '', data } = await admin.read('database/creds/cache');
    const { username, password } = data as { username: string; password: string };
    return { id, username, url: `redis://${username}:${password}@${redis.host}:${redis.port}` };
  });

const users = async (): Promise<string[]> =>
  (await redisCommand(leases().redis.adminUrl, ['ACL', 'USERS'])) as string[];

const savedUsers = async (): Promise<string> => {
  const answer = await redisCommand(leases().redis.adminUrl, ['CONFIG', 'GET', 'aclfile']);
  return readFile((answer as { aclfile: string }).aclfile, 'utf8');
};

/** A user as it is in Redis after a restart, when it was saved hours ago and its lease has ended since. */
async function addOrphan(random: string, secondsAgo = 7_200): Promise<string> {
  const name = `V_TOKEN_CACHE_${random}_${Math.floor(Date.now() / 1_000) - secondsAgo}`;
  await redisCommand(leases().redis.adminUrl, ['ACL', 'SETUSER', name, 'on', '>canary', '+ping']);
  return name;
}

async function sweep(
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = { REDIS_URL: leases().redis.adminUrl },
): Promise<{ code: number | null; output: string }> {
  const { vault } = leases();
  const { code, stdout, stderr } = await portcullis(['secrets', 'sweep-redis', ...args], {
    env: { VAULT_ADDR: vault.address, VAULT_TOKEN: vault.rootToken, ...env },
  });
  return { code, output: stdout + stderr };
}

beforeAll(() => leases().leaseFor(600));

test('a revoked user that a restart of Redis brought back is removed; a living lease serves on', async () => {
  const { admin, redis } = leases();
  const revoked = await lease();
  await redisCommand(redis.adminUrl, ['ACL', 'SAVE']);
  await admin.write('sys/leases/revoke', { lease_id: revoked.id, sync: true });
  await redis.restart();
  // This is what the command is for: no lease, and yet it signs in.
  await expect(redisCommand(revoked.url, ['PING'])).resolves.toBe('PONG');
  const old = await addOrphan('ABCDEFGHIJ0123456789');
  // Vault names users by the second: two of them tell these users apart.
  const second = Math.floor(Date.now() / 1_000) + 2;
  await until(() => (Date.now() / 1_000 > second ? Promise.resolve() : Promise.reject(new Error('wait'))));
  const living = await lease();

  const { code, output } = await sweep(['--json']);
  expect(code).toBe(0);
  expect(JSON.parse(output)).toEqual({
    removed: [old, revoked.username].sort(),
    leased: 1,
    saved: false,
  });
  await expect(redisCommand(revoked.url, ['PING'])).rejects.toThrow(/WRONGPASS/);
  await expect(redisCommand(living.url, ['PING'])).resolves.toBe('PONG');
  expect(await users()).toEqual(expect.arrayContaining(['admin', 'default', 'vault', living.username]));
  await admin.write('sys/leases/revoke', { lease_id: living.id, sync: true });
});

test('users are saved while no leased one lives, and not otherwise', async () => {
  const living = await lease();
  const before = await savedUsers();
  const refused = await sweep(['--save']);
  expect(refused.output).toContain('1 leased user lives, and would be saved with the others');
  expect(refused.code).toBe(1);
  expect(await savedUsers()).toBe(before);

  await leases().admin.write('sys/leases/revoke', { lease_id: living.id, sync: true });
  await addOrphan('J0123456789ABCDEFGHI');
  const { code, output } = await sweep(['--save']);
  expect(output).toContain('saved the users');
  expect(code).toBe(0);
  expect(await savedUsers()).not.toContain('V_');
});

test('a deploy needs no more than a leased user for it, and does not save that one', async () => {
  const { admin, vault, redis } = leases();
  await admin.write('database/roles/sweeper', {
    db_name: 'redis',
    creation_statements: [
      JSON.stringify(['resetkeys', '+@connection', '+info', '+acl|users', '+acl|deluser']),
    ],
    default_ttl: '600s',
    max_ttl: '600s',
  });
  await admin.write('sys/policies/acl/sweeper', {
    policy: `
      path "database/creds/sweeper" { capabilities = ["read"] }
      path "sys/leases/lookup/database/creds/*" { capabilities = ["list", "sudo"] }
      path "sys/leases/lookup" { capabilities = ["update"] }
      path "sys/leases/revoke/database/creds/sweeper/*" {
        capabilities = ["update"]
        denied_parameters = { "lease_id" = [] }
      }`,
  });
  const { auth } = await admin.write('auth/token/create', {
    policies: ['sweeper'],
    no_default_policy: true,
  });
  const env = {
    VAULT_ADDR: vault.address,
    VAULT_TOKEN: auth?.client_token ?? '',
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
  };
  const orphan = await addOrphan('0123456789ABCDEFGHIJ');

  const refused = await sweep(['--role', 'sweeper', '--save'], env);
  expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('set REDIS_URL') as string });
  const { code, output } = await sweep(['--role', 'sweeper'], env);
  expect(output).toContain(`removed ${orphan}`);
  expect(code).toBe(0);
  expect((await users()).filter((user) => user.startsWith('V_'))).toEqual([]);
});

test.each(['databse', 'database/creds', 'secret', 'other/../database'])(
  'a mount that lends nothing, as %s, is refused: its users would seem to have no lease',
  async (mount) => {
    const living = await lease();
    const { code, output } = await sweep(['--mount', mount]);
    expect(output).toContain(`there is no database engine at "${mount}/"`);
    expect(code).toBe(1);
    await expect(redisCommand(living.url, ['PING'])).resolves.toBe('PONG');
    await leases().admin.write('sys/leases/revoke', { lease_id: living.id, sync: true });
  },
);

test('a mount may be named as Vault lists it, with a slash at its end', async () => {
  const living = await lease();
  expect(await sweep(['--mount', 'database/', '--json'])).toMatchObject({
    code: 0,
    output: expect.stringContaining('"leased":1') as string,
  });
  await leases().admin.write('sys/leases/revoke', { lease_id: living.id, sync: true });
});

test('without Vault nothing is removed', async () => {
  const living = await lease();
  const { code } = await sweep([], {
    REDIS_URL: leases().redis.adminUrl,
    VAULT_ADDR: 'http://127.0.0.1:1',
  });
  expect(code).toBe(1);
  await expect(redisCommand(living.url, ['PING'])).resolves.toBe('PONG');
  await leases().admin.write('sys/leases/revoke', { lease_id: living.id, sync: true });
});

test('without the right to look at leases nothing is removed, and the error says which right', async () => {
  const { admin } = leases();
  const orphan = await addOrphan('ABCDEFGHIJABCDEFGHIJ');
  const { auth } = await admin.write('auth/token/create', { policies: ['service'] });
  const { code, output } = await sweep([], {
    REDIS_URL: leases().redis.adminUrl,
    VAULT_TOKEN: auth?.client_token ?? '',
  });
  expect(output).toContain('"list" and "sudo" on "sys/leases/lookup/database/creds/*"');
  expect(code).toBe(1);
  expect(await users()).toContain(orphan);
});
