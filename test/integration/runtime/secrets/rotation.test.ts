import { SecretsManager, type SecretsEvent } from '@portcullis/runtime';
import { Client } from 'pg';
import { z } from 'zod';
import { policy } from '../../../../policy';
import { redisCommand } from '../../../../cli/src/local/servers/redis';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { mintWrappedLogin, type WrappedLogin } from '../../../../cli/src/local/service';
import { appRole } from '@portcullis/runtime';
import { deployed } from '../../../support/deployed';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

const admin = (): VaultClient => new VaultClient(deployed().vault.address, deployed().vault.rootToken);

async function connect(login: WrappedLogin, events: SecretsEvent[] = []): Promise<SecretsManager> {
  return SecretsManager.connect({
    address: deployed().vault.address,
    policy,
    login: appRole(login),
    onEvent: (event) => events.push(event),
  });
}

async function asSuperuser<T>(sql: string, values: unknown[] = []): Promise<T[]> {
  const client = new Client({ connectionString: deployed().postgres.databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as T[];
  } finally {
    await client.end();
  }
}

test('under the exact policy a service reads, leases, rotates under load without losing a query, and leaves nothing', async () => {
  const events: SecretsEvent[] = [];
  const secrets = await connect(await mintWrappedLogin(admin(), policy.name), events);
  const config = await secrets.kv('secret/fintech-api/config', z.object({ db_host: z.string() }));
  const { host, port } = deployed().postgres;
  expect(config.db_host).toBe(host);

  const pool = secrets.postgresPool('fintech-api-role', { host, port, database: 'fintech', max: 20 });
  const redis = secrets.redisClient('redis-role', deployed().redis);
  const users = new Set<string>();
  const failures: unknown[] = [];
  let working = true;
  const worker = async (): Promise<void> => {
    while (working) {
      try {
        const { rows } = await pool.query<{ user: string }>('select current_user as user');
        users.add(rows[0]!.user);
        expect(await redis.sendCommand(['PING'])).toBe('PONG');
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const load = Array.from({ length: 60 }, worker);
  for (let rotation = 0; rotation < 5; rotation += 1) await secrets.rotate();
  working = false;
  await Promise.all(load);

  expect(failures).toEqual([]);
  expect(users.size).toBeGreaterThanOrEqual(5);
  expect(events.filter(({ type }) => type === 'revocation_failed')).toEqual([]);
  const leased = events.flatMap((event) => (event.type === 'credential_rotated' ? [event.user] : []));
  await secrets.close();

  expect(await asSuperuser('select rolname from pg_roles where rolname = any($1)', [leased])).toEqual([]);
  const redisUsers = (await redisCommand(deployed().redis.adminUrl, ['ACL', 'USERS'])) as string[];
  expect(redisUsers.filter((user) => leased.includes(user))).toEqual([]);
});

test('a pool that is ended gives its user back and takes no query any more', async () => {
  const secrets = await connect(await mintWrappedLogin(admin(), policy.name));
  const { host, port } = deployed().postgres;
  const pool = secrets.postgresPool('fintech-api-role', { host, port, database: 'fintech' });
  const { rows } = await pool.query<{ user: string }>('select current_user as user');
  await pool.end();

  await expect(pool.query('select 1')).rejects.toMatchObject({ code: 'ERR_SECRETS_CLOSED' });
  expect(await asSuperuser('select from pg_roles where rolname = $1', [rows[0]!.user])).toEqual([]);
  await secrets.close();
});

test('a wrapping token that somebody else has unwrapped is an alarm, not a login', async () => {
  const login = await mintWrappedLogin(admin(), policy.name);
  await new VaultClient(deployed().vault.address, login.wrappedSecretId).write('sys/wrapping/unwrap');
  const events: SecretsEvent[] = [];

  await expect(connect(login, events)).rejects.toMatchObject({ code: 'ERR_WRAPPING_TOKEN_INVALID' });
  expect(events).toContainEqual(expect.objectContaining({ type: 'wrapping_token_misused' }));
});

test('a wrapping token that was made elsewhere is refused before it is unwrapped', async () => {
  const { roleId } = await mintWrappedLogin(admin(), policy.name);
  const { wrap_info } = await admin().write<{ wrap_info: { token: string } }>(
    'sys/wrapping/wrap',
    { secret_id: 'of an attacker' },
    { 'X-Vault-Wrap-TTL': '60s' },
  );
  const connecting = connect({ roleId, wrappedSecretId: wrap_info.token });

  await expect(connecting).rejects.toMatchObject({ code: 'ERR_WRAPPING_TOKEN_FOREIGN' });
});

test('the orchestrator cannot get a secret ID that is not wrapped', async () => {
  const { auth } = await admin().write<{ auth: { client_token: string } }>('auth/token/create', {
    policies: ['fintech-api-orchestrator'],
    ttl: '60s',
  });
  const orchestrator = new VaultClient(deployed().vault.address, auth.client_token);

  await expect(orchestrator.write('auth/approle/role/fintech-api/secret-id')).rejects.toMatchObject({
    status: 403,
  });
});

test('what is not granted is refused with the path, the capability and the construct that would grant it', async () => {
  const secrets = await connect(await mintWrappedLogin(admin(), policy.name));

  await expect(secrets.kv('secret/other', z.object({}))).rejects.toMatchObject({
    code: 'ERR_VAULT_CAPABILITY_MISSING',
    path: 'secret/data/other',
    capability: 'read',
  });
  await secrets.close();
});
