import { readFile } from 'node:fs/promises';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { randomPassword } from '../engines/random';
import { databaseUrl, withClient } from '../local/postgres-admin';

/** The names in PostgreSQL that follow from the policy's. */
export interface DatabaseNames {
  readonly database: string;
  /** Owns what the SQL files make. */
  readonly owner: string;
  /** Leased users are members of it; it may read and write every table of the owner's. */
  readonly app: string;
  /** Vault's own user. */
  readonly vaultUser: string;
}

export function databaseNames(policyName: string): DatabaseNames {
  const database = policyName.replaceAll('-', '_');
  return { database, owner: `${database}_owner`, app: `${database}_app`, vaultUser: 'vault_admin' };
}

/**
 * Makes the database, its two group roles and Vault's own user, and runs the SQL files as the owner.
 *
 * @returns the password of Vault's user: a throwaway, dead once the deploy has made Vault replace it.
 */
export async function makeDatabase(
  adminUrl: string,
  { database, owner, app, vaultUser }: DatabaseNames,
  sqlFiles: readonly string[],
): Promise<string> {
  const password = randomPassword();
  const statements = await Promise.all(sqlFiles.map((file) => readFile(file, 'utf8')));
  const [d, o, a, v] = [database, owner, app, vaultUser].map(escapeIdentifier);
  await withClient(adminUrl, async (query) => {
    await query(`create role ${o} nologin`);
    await query(`create role ${a} nologin`);
    await query(`create database ${d} owner ${o}`);
    await query(`create role ${v} login createrole nosuperuser password ${escapeLiteral(password)}`);
    await query(`grant connect on database ${d} to ${v}`);
    await query(`grant pg_signal_backend, ${o} to ${v}`);
    await query(`grant ${a} to ${v} with admin option`);
  });
  await withClient(databaseUrl(adminUrl, database), async (query) => {
    await query(`set role ${o}`);
    await query(`grant usage on schema public to ${a}`);
    await query(`alter default privileges grant select, insert, update, delete on tables to ${a}`);
    await query(`alter default privileges grant usage, select on sequences to ${a}`);
    for (const statement of statements) await query(statement);
  });
  return password;
}
