import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { inspect } from 'node:util';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { until } from '../../../support/until';
import { redisCommand } from '../../../../cli/src/local/servers/redis';
import type { VaultClient } from '../../../../cli/src/engines/vault-client';
import { useShortLeases } from './short-leases';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

const leases = useShortLeases();

/** Every leased user that PostgreSQL and Redis know. */
async function leasedUsers(): Promise<string[]> {
  const redis = (await redisCommand(leases().redis.adminUrl, ['ACL', 'USERS'])) as string[];
  return [...(await leases().leasedUsers()), ...redis.filter((user) => /^v[-_]/i.test(user))];
}

test('events, metrics and status tell what happens, and hold no secret, no token and no lease ID', async () => {
  await leases().leaseFor(600);
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const { secrets, events } = await leases().connect({ meterProvider });
  const { host, port } = leases().postgres;
  const pool = secrets.postgresPool('pg', { host, port, database: 'postgres' });
  const redis = secrets.redisClient('cache', { host: leases().redis.host, port: leases().redis.port });
  const missing = secrets.postgresPool('nowhere', { host, port });
  await pool.query('select 1');
  await redis.sendCommand(['PING']);
  await expect(missing.query('select 1')).rejects.toMatchObject({ name: 'MissingCapabilityError' });
  await secrets.rotate().catch(() => undefined);
  await until(() =>
    events.filter(({ type }) => type === 'credential_revoked').length === 2
      ? Promise.resolve()
      : Promise.reject(new Error('not yet')),
  );

  // Passwords are nowhere to be read but in Vault's answers: those of all leases and the token are in its storage.
  const leaseIds = await listLeases(leases().admin);
  expect(leaseIds.length).toBeGreaterThanOrEqual(2);
  await reader.forceFlush();
  const shown = [events, secrets.status(), secrets.readiness(), secrets, pool, redis, exporter.getMetrics()]
    .map((value) => inspect(value, { depth: 12 }) + JSON.stringify(value, skipCycles()))
    .join('\n');
  for (const id of leaseIds) expect(shown).not.toContain(id.split('/').at(-1));
  expect(shown).not.toMatch(/\b(s|hvs|b)\.[\w-]{20,}/);
  expect(shown).not.toContain('-----BEGIN');

  const values = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
    .flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({ name: descriptor.name, ...attributes, value })),
    );
  const credential = (role: string, outcome: string) => ({
    name: 'portcullis.secrets.credentials',
    source: 'vault-database',
    role,
    outcome,
  });
  expect(values).toContainEqual({ ...credential('pg', 'rotated'), value: 2 });
  expect(values).toContainEqual({ ...credential('cache', 'revoked'), value: 1 });
  expect(values).toContainEqual(expect.objectContaining(credential('nowhere', 'failed')));
  expect(values).toContainEqual({ name: 'portcullis.secrets.token', outcome: 'obtained', value: 1 });
  const left = values.find(({ name, value }) => name.endsWith('time_to_deadline') && Number(value) < 601);
  expect(left).toMatchObject({ source: 'vault-database' });

  await secrets.close();
  await meterProvider.shutdown();
});

test('a shutdown in the middle of work gives everything back within its bound', async () => {
  await leases().leaseFor(600);
  const { secrets } = await leases().connect({ closeSeconds: 8 });
  const { host, port } = leases().postgres;
  const pool = secrets.postgresPool('pg', { host, port, database: 'postgres', max: 3 });
  const redis = secrets.redisClient('cache', { host: leases().redis.host, port: leases().redis.port });
  await Promise.all([pool.query('select 1'), redis.sendCommand(['PING'])]);
  const finishes = pool.query('select pg_sleep(0.3)');
  const lasts = pool.query('select pg_sleep(600)').catch((error: unknown) => error);
  const blocks = redis.sendCommand(['BLPOP', 'jobs:none', '0']);
  await until(async () => {
    const info = String(await redisCommand(leases().redis.adminUrl, ['INFO', 'clients']));
    expect(info).toContain('blocked_clients:1');
  });
  const tokens = async (): Promise<number> => (await listAccessors(leases().admin)).length;
  const before = await tokens();

  // Long before the query that lasts would end by itself.
  await secrets.close();

  await expect(finishes).resolves.toMatchObject({ rowCount: 1 });
  expect(await lasts).toBeInstanceOf(Error);
  expect(await blocks).toBeNull();
  expect(await leasedUsers()).toEqual([]);
  expect(await tokens()).toBe(before - 1);
  await expect(pool.query('select 1')).rejects.toMatchObject({ code: 'ERR_SECRETS_CLOSED' });
  await expect(redis.sendCommand(['PING'])).rejects.toMatchObject({ code: 'ERR_SECRETS_CLOSED' });
});

test('a process that is killed leaves nothing beyond the TTL', async () => {
  const ttlSeconds = 3;
  await leases().leaseFor(ttlSeconds);
  const { data: role } = await leases().admin.read('auth/approle/role/service/role-id');
  const { data: secret } = await leases().admin.write('auth/approle/role/service/secret-id');
  const child = fork(join(__dirname, '../../../support/leasing-process.ts'), [], {
    execArgv: ['--import', require.resolve('tsx')],
    env: {
      PATH: process.env.PATH,
      VAULT_ADDR: leases().vault.address,
      VAULT_ROLE_ID: role?.role_id as string,
      VAULT_SECRET_ID: secret?.secret_id as string,
      POSTGRES: `${leases().postgres.host}:${leases().postgres.port}`,
      REDIS: `${leases().redis.host}:${leases().redis.port}`,
    },
  });
  await once(child, 'message');
  expect((await leasedUsers()).length).toBeGreaterThanOrEqual(2);
  child.kill('SIGKILL');
  await once(child, 'exit');

  // Vault itself takes them away, at the TTL.
  await until(async () => expect(await leasedUsers()).toEqual([]));
});

async function listLeases(admin: VaultClient): Promise<string[]> {
  const keys = async (path: string): Promise<string[]> =>
    ((await admin.list(`sys/leases/lookup/${path}`)).data?.keys ?? []) as string[];
  const roles = await keys('database/creds');
  return (await Promise.all(roles.map((role) => keys(`database/creds/${role}`)))).flat();
}

async function listAccessors(admin: VaultClient): Promise<string[]> {
  return ((await admin.list('auth/token/accessors')).data?.keys ?? []) as string[];
}

function skipCycles(): (key: string, value: unknown) => unknown {
  const seen = new WeakSet<object>();
  return (_key, value) => {
    if (typeof value === 'bigint') return String(value);
    if (typeof value !== 'object' || value === null) return value;
    if (seen.has(value)) return undefined;
    seen.add(value);
    return value;
  };
}
