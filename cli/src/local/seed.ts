import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { POSTGRES_DEFAULTS } from '@portcullis/constructs';
import { GROUP_ROLES } from '../../../vault-names';
import { randomPassword } from '../engines/random';

/** Vault's own PostgreSQL user: the name the stacks' connection signs in with. */
export const POSTGRES_VAULT_ADMIN = POSTGRES_DEFAULTS.username;

const MIGRATIONS = join(__dirname, '../../../example/database');

/** The admin's URL with another database in it. */
export function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/**
 * Creates the example's database, its roles, tables and demo rows where they are missing, and gives Vault's
 * admin user a new bootstrap password.
 *
 * @returns that password: a throwaway, dead once the deploy has made Vault replace it.
 */
export async function seedPostgres(adminUrl: string, database: string): Promise<string> {
  await withClient(adminUrl, (client) => createDatabase(client, database));
  const password = randomPassword();
  await withClient(databaseUrl(adminUrl, database), async (client) => {
    await migrate(client);
    await prepareVaultAdmin(client, database, password);
  });
  return password;
}

async function createDatabase(client: Client, database: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
  if (rowCount === 0) await client.query(`create database ${escapeIdentifier(database)}`);
}

/** Applies every file, in the order of their names, as one transaction: all of it is there, or none. */
async function migrate(client: Client): Promise<void> {
  const { rowCount } = await client.query(`select from pg_namespace where nspname = 'fintech'`);
  if (rowCount !== 0) return;
  const files = (await readdir(MIGRATIONS)).filter((file) => file.endsWith('.sql')).sort();
  const statements = await Promise.all(files.map((file) => readFile(join(MIGRATIONS, file), 'utf8')));
  await client.query(['begin;', ...statements, 'commit;'].join('\n'));
}

/** Never a superuser: it creates users, ends their sessions, and hands what they own to the tables' owner. */
async function prepareVaultAdmin(client: Client, database: string, password: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [POSTGRES_VAULT_ADMIN]);
  await client.query(`
    ${rowCount === 0 ? `create role ${POSTGRES_VAULT_ADMIN};` : ''}
    alter role ${POSTGRES_VAULT_ADMIN} login createrole nosuperuser password ${escapeLiteral(password)};
    grant connect on database ${escapeIdentifier(database)} to ${POSTGRES_VAULT_ADMIN};
    grant pg_signal_backend, ${GROUP_ROLES.owner} to ${POSTGRES_VAULT_ADMIN};
    grant ${GROUP_ROLES.app} to ${POSTGRES_VAULT_ADMIN} with admin option;
  `);
}

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
