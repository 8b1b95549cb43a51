/** A PostgreSQL of the user's own: what stands in the way, what will be changed, and how it gets back what it was. */
import { escapeIdentifier } from 'pg';
import { shownAddress } from '@portcullis/runtime/policy';
import { GROUP_ROLES } from '../../../../vault-names';
import { messageOf } from '../../errors';
import { databaseUrl, withClient, type Query } from '../postgres-admin';
import { EXAMPLE_ROLES, type Seed } from '../seed';
import type { Obstacle } from './obstacle';

export function postgresChanges({ database, vaultUser }: Seed): string[] {
  return [
    `makes the database ${database}`,
    `makes the roles ${[...EXAMPLE_ROLES, vaultUser].join(', ')}`,
    `lets Vault make users (v-…), each of which lives an hour at most`,
  ];
}

/** Asks a server, and tells what keeps it from being used. */
export async function inspectPostgres(url: string, seed: Seed): Promise<readonly Obstacle[]> {
  const name = `PostgreSQL at ${shownAddress(url)}`;
  try {
    const [superuser, roles, databases] = await withClient(url, async (query) => [
      await query<{ name: string; yes: boolean }>(
        'select rolname as name, rolsuper as yes from pg_roles where rolname = current_user',
      ),
      await query<{ name: string }>('select rolname as name from pg_roles where rolname = any($1)', [
        [...EXAMPLE_ROLES, seed.vaultUser],
      ]),
      await query('select from pg_database where datname = $1', [seed.database]),
    ]);
    return [
      ...superuser
        .filter(({ yes }) => !yes)
        .map((user) => ({
          problem: `${name}: ${user.name} is no superuser`,
          remedy: 'name one: npm start makes roles and a database, and removes them again',
        })),
      ...roles.map((role) => ({
        problem: `${name}: the role ${role.name} exists`,
        remedy: `name another server; or, if nothing needs it: drop role ${escapeIdentifier(role.name)}`,
      })),
      ...(databases.length === 0
        ? []
        : [
            {
              problem: `${name}: the database ${seed.database} exists, with ${await tables(url, seed)}`,
              remedy: `name another server; or, if nobody needs what is in it: drop database ${escapeIdentifier(seed.database)}`,
            },
          ]),
    ];
  } catch (error) {
    return [
      {
        problem: `${name} cannot be used: ${messageOf(error)}`,
        remedy: 'start it, or mend the address, the user or the password',
      },
    ];
  }
}

async function tables(url: string, { database }: Seed): Promise<string> {
  const [row] = await withClient(databaseUrl(url, database), (query) =>
    query<{ tables: number }>(
      `select count(*)::int as tables from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')`,
    ),
  ).catch(() => []);
  return row === undefined ? 'tables that this user may not see' : `${row.tables} tables`;
}

/**
 * Removes what seeding made and what Vault's user made there. Only what bears the mark is removed, so that it can be
 * called again, and after a start that ended half-way.
 * @throws what PostgreSQL answers
 */
export async function givePostgresBack(url: string, { database, vaultUser, mark }: Seed): Promise<void> {
  await withClient(url, async (query) => {
    const marked = await markedRoles(query, mark);
    const leased = marked.includes(vaultUser) ? await membersBy(query, vaultUser, GROUP_ROLES.app) : [];
    await query('select pg_terminate_backend(pid) from pg_stat_activity where usename = any($1)', [
      [...leased, ...marked],
    ]);
    const [ours] = await query(
      `select from pg_database where datname = $1 and shobj_description(oid, 'pg_database') = $2`,
      [database, mark],
    );
    if (ours) await query(`drop database ${escapeIdentifier(database)} with (force)`);
    // First whom Vault's user made, then Vault's user, whose grants they were, then the groups they were in.
    const inOrder = [...leased, vaultUser, ...EXAMPLE_ROLES].filter(
      (role) => leased.includes(role) || marked.includes(role),
    );
    for (const role of inOrder) await query(`drop role if exists ${escapeIdentifier(role)}`);
  });
}

async function markedRoles(query: Query, mark: string): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `select rolname as name from pg_roles where shobj_description(oid, 'pg_authid') = $1`,
    [mark],
  );
  return rows.map(({ name }) => name);
}

/** Whom this user has made a member: somebody else may have let roles of their own in meanwhile. */
async function membersBy(query: Query, grantor: string, group: string): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `select distinct pg_get_userbyid(member) as name from pg_auth_members
     where roleid = (select oid from pg_roles where rolname = $2)
       and grantor = (select oid from pg_roles where rolname = $1) and member <> grantor`,
    [grantor, group],
  );
  return rows.map(({ name }) => name);
}
