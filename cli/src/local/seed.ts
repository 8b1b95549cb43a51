import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { GROUP_ROLES } from '../../../vault-names';
import { randomPassword } from '../engines/random';
import { databaseUrl, withClient, type Query } from './postgres-admin';

const MIGRATIONS = join(__dirname, '../../../example/database');

/** The roles that the migrations make. */
export const EXAMPLE_ROLES = Object.values(GROUP_ROLES);

export interface Seed {
  readonly database: string;
  /** Vault's own user there. */
  readonly vaultUser: string;
  /** Comment on everything that is made: only what has it is ever removed. */
  readonly mark: string;
}

/** The comment that one installation puts on everything that it makes. */
export const markOf = (id: string): string => `portcullis ${id}`;

/**
 * Makes the example's database, its roles, tables and demo rows, and Vault's own user.
 *
 * @returns that user's password: a throwaway, dead once the deploy has made Vault replace it.
 */
export async function seedPostgres(adminUrl: string, seed: Seed): Promise<string> {
  const { database } = seed;
  const name = escapeIdentifier(database);
  await withClient(adminUrl, async (query) => {
    await query(`create database ${name}`);
    await query(`comment on database ${name} is ${escapeLiteral(seed.mark)}`);
  });
  const password = randomPassword();
  await withClient(databaseUrl(adminUrl, database), async (query) => {
    await migrate(query, seed);
    await makeVaultUser(query, seed, password);
  });
  return password;
}

/** Applies every file, in the order of their names, in one transaction: either all of it is there afterwards, or nothing. */
async function migrate(query: Query, { mark }: Seed): Promise<void> {
  const files = (await readdir(MIGRATIONS)).filter((file) => file.endsWith('.sql')).sort();
  const statements = await Promise.all(files.map((file) => readFile(join(MIGRATIONS, file), 'utf8')));
  await query(
    ['begin;', ...statements, ...EXAMPLE_ROLES.map((role) => marked(role, mark)), 'commit;'].join('\n'),
  );
}

/** Makes Vault's user. It creates users, ends their sessions and gives what they own to the tables' owner; it is never a superuser. */
async function makeVaultUser(
  query: Query,
  { database, vaultUser, mark }: Seed,
  password: string,
): Promise<void> {
  const name = escapeIdentifier(vaultUser);
  await query(`
    begin;
    create role ${name} login createrole nosuperuser password ${escapeLiteral(password)};
    ${marked(vaultUser, mark)}
    grant connect on database ${escapeIdentifier(database)} to ${name};
    grant pg_signal_backend, ${GROUP_ROLES.owner} to ${name};
    grant ${GROUP_ROLES.app} to ${name} with admin option;
    commit;
  `);
}

function marked(role: string, mark: string): string {
  return `comment on role ${escapeIdentifier(role)} is ${escapeLiteral(mark)};`;
}
