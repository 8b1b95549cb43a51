/** What Vault lends to drivers that take no pool, and whatever else it lends. */
import { secret, type Rotated } from '@portcullis/runtime';
import { Client } from 'pg';
import { X509Certificate } from 'node:crypto';
import { inspect } from 'node:util';
import { z } from 'zod';
import type { VaultClient } from '../../../../cli/src/engines/vault-client';
import { until } from '../../../support/until';
import { useShortLeases, type Service } from './short-leases';

const HOUR_SECONDS = 3_600;

const leases = useShortLeases();

async function start(): Promise<Service> {
  await leases().leaseFor(HOUR_SECONDS);
  return leases().connect();
}

/** Signs in and says who that is; rejects as PostgreSQL does. */
async function signIn(user: string, password: string): Promise<string> {
  const { host, port } = leases().postgres;
  const client = new Client({ host, port, database: 'postgres', user, password });
  try {
    await client.connect();
    const { rows } = await client.query<{ user: string }>('select current_user as user');
    return rows[0]!.user;
  } finally {
    await client.end().catch(() => undefined);
  }
}

test('credentials() follows its rotations: the new user at once, the old one for its grace, then no more', async () => {
  const { secrets, events } = await start();
  const credentials = await secrets.credentials('pg', { graceSeconds: 2 });
  const first = credentials.current;
  expect(await signIn(first.user, first.password.reveal())).toBe(first.user);
  expect(inspect(credentials, { depth: 9 })).not.toContain(first.password.reveal());

  const told: Rotated<typeof first>[] = [];
  credentials.onRotate((rotated) => {
    told.push(rotated);
    return Promise.reject(new Error('of a listener'));
  });
  const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const rotating = secrets.rotate();
  await until(() => told.length > 0);
  const second = credentials.current;
  expect(told).toEqual([{ current: second, previous: first }]);
  expect(second.user).not.toBe(first.user);
  expect(await signIn(first.user, first.password.reveal())).toBe(first.user);
  expect(await signIn(second.user, second.password.reveal())).toBe(second.user);

  await rotating;
  warned.mockRestore();
  await expect(signIn(first.user, first.password.reveal())).rejects.toMatchObject({ code: '28P01' });
  expect(events).toContainEqual(expect.objectContaining({ type: 'credential_revoked', user: first.user }));
});

test('a user that somebody else revoked is replaced when its holder says so', async () => {
  const { secrets } = await start();
  const credentials = await secrets.credentials('pg', { graceSeconds: 0 });
  const { user } = credentials.current;
  await leases().admin.write('sys/leases/revoke-prefix/database/creds/pg', {});
  await credentials.refused();
  expect(credentials.current.user).not.toBe(user);
});

test('what is closed is given back, and lends nothing any more', async () => {
  const { secrets } = await start();
  const credentials = await secrets.credentials('pg');
  await credentials.close();
  expect(() => credentials.current).toThrow(expect.objectContaining({ code: 'ERR_SECRETS_CLOSED' }) as Error);
  expect(await leases().leasedUsers()).toEqual([]);
  expect(secrets.readiness().ready).toBe(true);
});

test('one manager lends of several mounts; the status tells them apart', async () => {
  const { admin, postgres } = leases();
  const url = new URL(postgres.adminUrl);
  await admin.write('sys/mounts/reports/db', { type: 'database' });
  await admin.write('reports/db/config/postgres', {
    plugin_name: 'postgresql-database-plugin',
    connection_url: `postgresql://{{username}}:{{password}}@${url.host}/postgres?sslmode=disable`,
    username: url.username,
    password: url.password,
    allowed_roles: '*',
  });
  await admin.write('reports/db/roles/pg', {
    db_name: 'postgres',
    creation_statements: [`CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' IN ROLE pg_monitor;`],
    default_ttl: '1h',
    max_ttl: '1h',
  });
  const { secrets } = await start();
  const { host, port } = postgres;
  const pools = [{}, { mount: 'reports/db' }].map((where) =>
    secrets.postgresPool('pg', { host, port, database: 'postgres', ...where }),
  );
  const monitors = await Promise.all(
    pools.map(async (pool) => {
      const { rows } = await pool.query<{ is: boolean }>(`select pg_has_role('pg_monitor', 'member') as is`);
      return rows[0]!.is;
    }),
  );
  expect(monitors).toEqual([false, true]);
  const credentials = await secrets.credentials('pg', { mount: 'reports/db', graceSeconds: 0 });
  await secrets.rotate();
  expect(credentials.current.user).toMatch(/^v-/);
  expect(secrets.status().leases.map(({ role }) => role)).toEqual(['pg', 'reports/db/pg', 'reports/db/pg']);
});

describe('lease()', () => {
  const schema = z.object({ certificate: z.string(), private_key: secret() });

  async function makeAuthority(admin: VaultClient): Promise<void> {
    await admin.write('sys/mounts/pki', { type: 'pki' });
    await admin.write('pki/root/generate/internal', { common_name: 'Authority of a test', ttl: '24h' });
    await admin.write('pki/roles/app', { allow_any_name: true, generate_lease: true, max_ttl: '1h' });
  }

  test('lends whatever an engine lends: certificates that are revoked when others took their place', async () => {
    await makeAuthority(leases().admin);
    const { secrets, events } = await start();
    const lease = await secrets.lease('pki/issue/app', schema, {
      parameters: { common_name: 'api.internal' },
      graceSeconds: 0,
    });
    const first = new X509Certificate(lease.current.certificate);
    expect(first.subject).toBe('CN=api.internal');
    expect(String(lease.current.private_key)).toBe('[secret]');
    await secrets.rotate();
    const second = new X509Certificate(lease.current.certificate);
    expect(second.serialNumber).not.toBe(first.serialNumber);
    const { data } = await leases().admin.read(
      `pki/cert/${first.serialNumber.toLowerCase().match(/../g)!.join(':')}`,
    );
    expect(data?.revocation_time).toBeGreaterThan(0);
    expect(events.filter(({ type }) => type === 'credential_revoked')).toHaveLength(1);
  });

  test('gives back what does not fit its schema, and says so without its values', async () => {
    const { secrets } = await start();
    const failure: unknown = await secrets
      .lease('database/creds/pg', z.object({ password: z.string().max(1) }))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'ERR_LEASE_SCHEMA',
      message: expect.stringContaining('password (too_big)') as string,
    });
    expect(await leases().leasedUsers()).toEqual([]);
  });

  test('tells nothing of what a schema throws, which may quote what was lent', async () => {
    const { secrets, events } = await start();
    const json = z.string().transform((text) => JSON.parse(text) as unknown);
    const failure: unknown = await secrets
      .lease('database/creds/pg', z.object({ password: json }))
      .catch((error: unknown) => error);
    const message =
      'what "database/creds/pg" lends does not fit its schema: the schema itself threw a SyntaxError (ERR_LEASE_SCHEMA)';
    expect(failure).toMatchObject({ code: 'ERR_LEASE_SCHEMA', message });
    expect((failure as Error).cause).toBeUndefined();
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'credential_failed', attempt: 1, message }),
    );
    expect(await leases().leasedUsers()).toEqual([]);
  });

  test('a schema may be async', async () => {
    const { secrets } = await start();
    const asked = z.object({ username: z.string().refine(() => Promise.resolve(true)) });
    const lease = await secrets.lease('database/creds/pg', asked, { graceSeconds: 0 });
    expect(lease.current.username).toMatch(/^v-/);
  });

  test.each([
    ['what lends nothing', 'secret/data/entry', 'ERR_LEASE_MISSING'],
    ['what the policy does not grant', 'aws/creds/reports', 'ERR_VAULT_CAPABILITY_MISSING'],
    ['what no URL can hold', 'aws/\ud800', 'ERR_SECRETS_CONFIG'],
    ['what leads elsewhere', 'aws/../sys/health', 'ERR_SECRETS_CONFIG'],
  ])('refuses %s at once', async (_what, path, code) => {
    await leases().admin.write('secret/data/entry', { data: { key: 'canary' } });
    const { secrets } = await start();
    await expect(secrets.lease(path, z.object({}))).rejects.toMatchObject({ code });
  });

  test('refuses options of no use', async () => {
    const { secrets } = await start();
    for (const options of [{ graceSeconds: NaN }, { graceSeconds: '30' }, { parameters: 'canary' }]) {
      await expect(secrets.lease('pki/issue/app', schema, options as object)).rejects.toMatchObject({
        code: 'ERR_SECRETS_CONFIG',
      });
    }
    await expect(secrets.credentials('', {})).rejects.toMatchObject({ code: 'ERR_SECRETS_CONFIG' });
    await expect(secrets.credentials('../../sys', {})).rejects.toMatchObject({ code: 'ERR_SECRETS_CONFIG' });
  });
});
