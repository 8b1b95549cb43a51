/** What the statements of `PostgresRole` do, asked of real PostgreSQL by real OpenBao. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { PostgresRole } from '@portcullis/constructs';
import { Client } from 'pg';
import { VaultClient } from '../../../../../cli/src/engines/vault-client';
import { databaseUrl, withClient } from '../../../../../cli/src/local/postgres-admin';
import { seedPostgres } from '../../../../../cli/src/local/seed';
import { useOpenBao, usePostgres } from '../../../../support/engines';
import { only, synthesize } from '../../../../support/synth/synthesize';
import { until } from '../../../../support/until';
import { postgresIn } from '../../../../support/synth/vault-fixtures';

const vault = useOpenBao();
const postgres = usePostgres();
const admin = () => new VaultClient(vault().address, vault().rootToken);
const fintech = () => databaseUrl(postgres().adminUrl, 'fintech');

beforeAll(async () => {
  const { adminUrl } = postgres();
  const seed = { database: 'fintech', vaultUser: 'vault_admin', mark: 'a test' };
  const password = await seedPostgres(adminUrl, seed);
  await withClient(fintech(), async (query) => {
    await query('grant create on schema fintech to fintech_app, fintech_owner');
    await query('grant fintech_owner to vault_admin with admin option');
    await query('grant connect on database fintech to fintech_owner');
    await query('create database elsewhere');
    await query('grant connect on database elsewhere to fintech_app');
  });
  await admin().write('sys/mounts/database', { type: 'database' });
  const { postgresql } = only(
    synthesize((stack) => postgresIn(stack)),
    'vault_database_secret_backend_connection',
  ) as { postgresql: { username_template: string } };
  await admin().write('database/config/postgres', {
    username_template: postgresql.username_template,
    plugin_name: 'postgresql-database-plugin',
    connection_url: `postgresql://{{username}}:{{password}}@${new URL(adminUrl).host}/fintech?sslmode=disable`,
    username: 'vault_admin',
    password,
    allowed_roles: '*',
  });
  await deployRole('app', { memberOf: 'fintech_app' });
  await deployRole('migrations', { memberOf: 'fintech_owner', owner: 'fintech_owner' });
});

/** What the construct would have the provider write. */
async function deployRole(name: string, props: { memberOf: string; owner?: string }): Promise<void> {
  const synthesized = synthesize(
    (stack) => new PostgresRole(stack, 'role', { connection: postgresIn(stack), name, ...props }),
  );
  const role = only(synthesized, 'vault_database_secret_backend_role');
  await admin().write(`database/roles/${name}`, {
    db_name: 'postgres',
    creation_statements: role.creation_statements,
    revocation_statements: role.revocation_statements,
    default_ttl: '600s',
    max_ttl: '600s',
  });
}

interface Leased {
  readonly id: string;
  readonly user: string;
  url(database?: string): string;
}

async function lease(role: string, vaultOf = admin()): Promise<Leased> {
  const { lease_id: id = '', data } = await vaultOf.read(`database/creds/${role}`);
  const { username, password } = data as { username: string; password: string };
  return {
    id,
    user: username,
    url: (database = 'fintech') => {
      const url = new URL(databaseUrl(postgres().adminUrl, database));
      url.username = username;
      url.password = password;
      return url.href;
    },
  };
}

const revoke = ({ id }: Leased): Promise<unknown> =>
  admin().write('sys/leases/revoke', { lease_id: id, sync: true });

const leasesOf = async (role: string): Promise<unknown> =>
  (
    await admin()
      .list(`sys/leases/lookup/database/creds/${role}`)
      .catch(() => ({ data: { keys: [] } }))
  ).data?.keys;

const asSuperuser = <Row>(sql: string, values?: unknown[]): Promise<Row[]> =>
  withClient(fintech(), (query) => query<Row>(sql, values));

/** Whether the user is there, may sign in, and has sessions. */
const stateOf = async ({ user }: Leased) => {
  const [role] = await asSuperuser<{ login: boolean }>(
    'select rolcanlogin as login from pg_roles where rolname = $1',
    [user],
  );
  const sessions = await asSuperuser('select pid from pg_stat_activity where usename = $1', [user]);
  return { login: role?.login ?? 'gone', sessions: sessions.length };
};

async function session({ url }: Leased, database?: string): Promise<Client> {
  const client = new Client({ connectionString: url(database) });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

test('a user with a large object in another database cannot sign in after its lease, and the lease ends', async () => {
  const leased = await lease('app');
  const other = await session(leased, 'elsewhere');
  await other.query('select lo_creat(-1)');
  const own = await session(leased);
  await own.query('create table kept (id int)');

  await revoke(leased);
  expect(await stateOf(leased)).toEqual({ login: false, sessions: 0 });
  await expect(own.query('select 1')).rejects.toThrow();
  await expect(other.query('select 1')).rejects.toThrow();
  await expect(withClient(leased.url(), (query) => query('select 1'))).rejects.toThrow(
    /not permitted to log in/,
  );
  expect(await leasesOf('app')).toEqual([]);
  // What could be passed on was: only what Vault's connection does not reach is left.
  await expect(asSuperuser(`select tableowner from pg_tables where tablename = 'kept'`)).resolves.toEqual([
    { tableowner: 'fintech_app' },
  ]);
});

test('sessions end, and none begins, although another transaction holds up what is passed on', async () => {
  const leased = await lease('app');
  const own = await session(leased);
  await own.query('create table held (id int)');
  await own.query('grant select on held to fintech_owner');
  const holder = new Client({ connectionString: fintech() });
  await holder.connect();
  await holder.query('begin');
  await holder.query('lock table held');
  // A pool that reconnects as soon as it is cut off.
  const stopped = new AbortController();
  const reconnecting = (async () => {
    while (!stopped.signal.aborted) await session(leased).catch(() => undefined);
  })();

  const revoked = revoke(leased).catch((error: unknown) => error);
  await until(async () => (await stateOf(leased)).login === false);
  await until(async () => (await stateOf(leased)).sessions === 0);
  await expect(own.query('select 1')).rejects.toThrow();
  await expect(withClient(leased.url(), (query) => query('select 1'))).rejects.toThrow();
  stopped.abort();
  await reconnecting;

  await holder.query('rollback');
  await holder.end();
  await revoked;
  await until(async () => (await stateOf(leased)).login === 'gone');
  expect(await stateOf(leased)).toEqual({ login: 'gone', sessions: 0 });
});

test('a user that somebody dropped counts as revoked', async () => {
  const leased = await lease('app');
  await asSuperuser(`drop role "${leased.user}"`);
  await expect(revoke(leased)).resolves.toBeDefined();
  expect(await leasesOf('app')).toEqual([]);
});

test('what a user of the group made is reached by the next one, once its lease has ended', async () => {
  const first = await lease('app');
  await withClient(first.url(), async (query) => {
    await query('create table made (id int)');
    await query('insert into made values (1)');
    await query('create sequence made_too');
  });
  await revoke(first);
  expect(await stateOf(first)).toEqual({ login: 'gone', sessions: 0 });
  const next = await lease('app');
  await withClient(next.url(), async (query) => {
    await expect(query('select id from made')).resolves.toEqual([{ id: 1 }]);
    await query('insert into made values (2)');
    await query(`select nextval('made_too')`);
  });
  await revoke(next);
});

test('users of a role with an owner make everything as the owner: the next reaches it at once', async () => {
  const [first, next] = [await lease('migrations'), await lease('migrations')];
  await withClient(first.url(), (query) => query('create table migrated (id int)'));
  await withClient(next.url(), async (query) => {
    await query('alter table migrated add column note text');
    await query('grant select on migrated to fintech_app');
    const [is] = await query('select current_user as owner, session_user as leased');
    expect(is).toEqual({ owner: 'fintech_owner', leased: next.user });
  });
  await expect(asSuperuser(`select tableowner from pg_tables where tablename = 'migrated'`)).resolves.toEqual(
    [{ tableowner: 'fintech_owner' }],
  );
  const app = await lease('app');
  await withClient(app.url(), (query) => query('select note from migrated'));
  for (const leased of [first, next, app]) await revoke(leased);
  expect(await stateOf(first)).toEqual({ login: 'gone', sessions: 0 });
});

/** Logs in to Vault with a token of an identity provider that calls its user so. */
async function loginOf(sub: string): Promise<VaultClient> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const now = Math.floor(Date.now() / 1_000);
  const signed = `${encoded({ alg: 'ES256' })}.${encoded({ sub, aud: 'vault', nbf: now - 60, iat: now - 60, exp: now + 600 })}`;
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  await admin().write('auth/j/config', {
    jwt_validation_pubkeys: [publicKey.export({ type: 'spki', format: 'pem' })],
  });
  const { auth } = await admin().write('auth/j/login', {
    role: 'people',
    jwt: `${signed}.${signature.toString('base64url')}`,
  });
  return new VaultClient(vault().address, auth?.client_token);
}

describe('whoever logs in may be called anything', () => {
  beforeAll(async () => {
    await admin().write('sys/auth/j', { type: 'jwt' });
    await admin().write('sys/policies/acl/lend', {
      policy: 'path "database/creds/app" { capabilities = ["read"] }',
    });
    await admin().write('auth/j/role/people', {
      role_type: 'jwt',
      user_claim: 'sub',
      bound_audiences: ['vault'],
      token_policies: ['lend'],
    });
  });

  test.each([`o'brien`, `';--`, `a"b`, 'a$$b', 'a\\b', 'ü ß'])('%s', async (sub) => {
    const leased = await lease('app', await loginOf(sub));
    await (await session(leased)).query('create table of_somebody ()');
    await revoke(leased);
    expect(await stateOf(leased)).toEqual({ login: 'gone', sessions: 0 });
    expect(await leasesOf('app')).not.toContain(leased.id.split('/').at(-1));
    await asSuperuser('drop table of_somebody');
  });
});
