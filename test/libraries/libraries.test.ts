import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { VaultClient } from '../../cli/src/engines/vault-client';
import { redisCommand } from '../../cli/src/local/servers/redis';
import { useOpenBao, usePostgres, useRedis, useRun, useServer } from '../support/engines';
import { startMariaDb } from '../support/mariadb';
import { startPgBouncer } from '../support/pgbouncer';
import { installPackages, LIBRARIES } from '../support/programs/packages';
import { buildApplication, runApplication, versionOf, type Outcome } from './application';
import { pageOf, type Row } from './page';
import { TRIALS, type Trial } from './trials';

const PAGE = join(__dirname, '../../docs/libraries.md');

const vault = useOpenBao();
const postgres = usePostgres();
const redis = useRedis();
const mariaDb = useServer((started) =>
  startMariaDb(started, [
    'CREATE DATABASE app;',
    'CREATE TABLE app.work (id int auto_increment primary key, kind text not null);',
  ]),
);
const run = useRun();
const poolers = {
  session: useServer((started) => startPgBouncer(started, postgres(), 'session')),
  transaction: useServer((started) => startPgBouncer(started, postgres(), 'transaction')),
};

let libraries: string;
let login: { readonly roleId: string; readonly secretId: string };
const rows: Row[] = [];

beforeAll(async () => {
  libraries = await installPackages(LIBRARIES);
  const admin = new VaultClient(vault().address, vault().rootToken);
  await configure(admin);
  await admin.write('sys/auth/approle', { type: 'approle' });
  await admin.write('auth/approle/role/app', { token_policies: ['app'], token_period: '1h' });
  const { data: role } = await admin.read('auth/approle/role/app/role-id');
  const { data: secret } = await admin.write('auth/approle/role/app/secret-id');
  login = { roleId: role?.role_id as string, secretId: secret?.secret_id as string };
});

/** Leased users act as one that stays, `app`: what they make belongs to it. A revoked one is gone with its sessions. */
async function configure(admin: VaultClient): Promise<void> {
  await query(
    'create role app nologin; create schema app authorization app; grant create on database postgres to app',
  );
  const rules = ['app', 'cache', 'mysql'].map(
    (role) => `path "database/creds/${role}" { capabilities = ["read"] }
      path "sys/leases/revoke/database/creds/${role}/*" { capabilities = ["update"] }`,
  );
  await admin.write('sys/policies/acl/app', { policy: rules.join('\n') });
  await admin.write('sys/mounts/database', { type: 'database' });
  const url = new URL(postgres().adminUrl);
  await admin.write('database/config/postgres', {
    plugin_name: 'postgresql-database-plugin',
    connection_url: `postgresql://{{username}}:{{password}}@${url.host}/postgres?sslmode=disable`,
    username: url.username,
    password: url.password,
    allowed_roles: '*',
  });
  await admin.write('database/roles/app', {
    db_name: 'postgres',
    default_ttl: '1h',
    max_ttl: '1h',
    creation_statements: [
      `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE app;`,
      `ALTER ROLE "{{name}}" SET role = 'app';`,
    ],
    revocation_statements: [
      `ALTER ROLE "{{name}}" NOLOGIN;`,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}';`,
      `DROP ROLE "{{name}}";`,
    ],
  });
  const maria = mariaDb();
  await admin.write('database/config/mysql', {
    plugin_name: 'mysql-database-plugin',
    connection_url: `{{username}}:{{password}}@tcp(${maria.host}:${maria.port})/`,
    username: maria.user,
    password: maria.password,
    allowed_roles: '*',
  });
  await admin.write('database/roles/mysql', {
    db_name: 'mysql',
    default_ttl: '1h',
    max_ttl: '1h',
    creation_statements: [
      `CREATE USER '{{name}}'@'%' IDENTIFIED BY '{{password}}';`,
      `GRANT SELECT, INSERT ON app.* TO '{{name}}'@'%';`,
    ],
  });
  const password = randomBytes(16).toString('hex');
  await redisCommand(redis().adminUrl, [
    'ACL',
    'SETUSER',
    'vault',
    'on',
    `>${password}`,
    '~*',
    '&*',
    '+@all',
  ]);
  const { host, port } = redis();
  await admin.write('database/config/redis', {
    plugin_name: 'redis-database-plugin',
    ...{ host, port, username: 'vault', password, allowed_roles: '*' },
  });
  await admin.write('database/roles/cache', {
    db_name: 'redis',
    default_ttl: '1h',
    max_ttl: '1h',
    creation_statements: [
      JSON.stringify(['~bull:*', '&*', '+@all', '-@admin', '-@dangerous', '+info', '+client|unblock']),
    ],
  });
}

/** Prisma's programs share a table, which their schema names: whoever is next finds it empty. */
async function makeTable(program: string): Promise<string> {
  const table = `app.${program.startsWith('prisma') ? 'prisma' : `t${randomBytes(4).toString('hex')}`}`;
  await query(
    `set role app; drop table if exists ${table}; create table ${table} (id serial primary key, kind text not null)`,
  );
  return table;
}

async function query<T>(text: string): Promise<T[]> {
  const client = new Client({ connectionString: postgres().adminUrl });
  await client.connect();
  try {
    const { rows: found } = await client.query(text);
    return found as T[];
  } finally {
    await client.end();
  }
}

/** A table of its own for each trial, what came of it, and what PostgreSQL kept. */
async function tried(trial: Trial): Promise<Outcome & { readonly kept: number; readonly undone: number }> {
  const table = await makeTable(trial.program);
  const file = await buildApplication(trial, libraries, run().folder);
  const { host, port } = trial.pooler ? poolers[trial.pooler]() : postgres();
  const outcome = await runApplication(file, {
    vault: vault().address,
    login,
    table,
    postgres: { host, port, database: 'postgres' },
    redis: { host: redis().host, port: redis().port },
    mysql: { host: mariaDb().host, port: mariaDb().port },
  });
  const counts = await query<{ kind: string; count: number }>(
    `select kind, count(*)::int from ${table} group by 1`,
  );
  const of = (kind: string): number => counts.find((row) => row.kind === kind)?.count ?? 0;
  return { kept: of('kept'), undone: of('undone'), ...outcome };
}

const titles = TRIALS.map((trial) => [`${trial.name} (${trial.packages.join(', ')})`, trial] as const);

test.each(titles)('%s loses nothing over three rotations', async (_title, trial) => {
  const { kept, undone, ...outcome } = await tried(trial);
  const versions = await Promise.all(trial.packages.map((name) => versionOf(libraries, name)));
  process.stdout.write(
    `${trial.name} ${versions.join(', ')}: ${JSON.stringify({ ...outcome, kept, undone })}\n`,
  );

  expect(outcome.failures).toEqual([]);
  expect(outcome.users).toBe(4);
  expect(outcome.committed).toBeGreaterThan(20);
  if (trial.jobs) {
    expect(outcome).toMatchObject({ lost: 0 });
    expect(outcome.trouble ?? []).toEqual([]);
  } else {
    expect(outcome.rolledBack).toBeGreaterThan(20);
    expect({ kept, undone }).toEqual({ kept: outcome.committed, undone: 0 });
  }
  rows.push({ trial, versions, outcome });
});

/** Said by whoever wants the page to show this run. */
const WRITES = process.env.WRITE_LIBRARIES_PAGE === 'true';

test('docs/libraries.md is about these libraries, in these versions', async () => {
  const page = (await readFile(PAGE, 'utf8')).replace(/ +/g, ' ');
  const missing = rows
    .map(({ trial, versions }) => `| ${trial.name} | ${versions.join(', ')} | ${trial.given} |`)
    .filter((line) => !page.includes(line));
  // What is missing: WRITE_LIBRARIES_PAGE=true npm run test:libraries
  expect(WRITES ? [] : missing).toEqual([]);
});

afterAll(async () => {
  if (!WRITES || rows.length < TRIALS.length) return;
  await writeFile(PAGE, pageOf(rows));
  await promisify(execFile)(process.execPath, [
    require.resolve('prettier/bin/prettier.cjs'),
    '--write',
    PAGE,
  ]);
});
