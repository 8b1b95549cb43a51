/** Everything that `npm start` could change on servers of the user's own, to be compared before and after. */
import { redisCommand } from '../../../../cli/src/local/servers/redis';
import { withClient, type Query } from '../../../../cli/src/local/postgres-admin';
import { VaultClient } from '../../../../cli/src/engines/vault-client';

export interface OwnServers {
  readonly vault: { readonly address: string; readonly token: string };
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/** What of a Vault, a PostgreSQL and a Redis a run could leave behind. */
export async function snapshotOf({ vault, databaseUrl, redisUrl }: OwnServers): Promise<unknown> {
  return {
    vault: await vaultSnapshot(new VaultClient(vault.address, vault.token)),
    postgres: await withClient(databaseUrl, postgresSnapshot),
    redis: {
      users: ((await redisCommand(redisUrl, ['ACL', 'LIST'])) as string[]).sort(),
      keyspace: await redisCommand(redisUrl, ['INFO', 'keyspace']),
    },
  };
}

async function vaultSnapshot(vault: VaultClient): Promise<unknown> {
  const keys = (path: string): Promise<unknown> =>
    vault.list(path).then(
      ({ data }) => data?.keys,
      // Vault answers 404 where there is nothing to list.
      () => [],
    );
  return {
    mounts: (await vault.read('sys/mounts')).data,
    authMethods: (await vault.read('sys/auth')).data,
    policies: await keys('sys/policies/acl'),
    entities: await keys('identity/entity/id'),
    aliases: await keys('identity/entity-alias/id'),
  };
}

/** The catalogue that all databases share, and the one of the maintenance database. */
async function postgresSnapshot(query: Query): Promise<unknown> {
  return {
    roles: await query('select * from pg_authid order by oid'),
    memberships: await query('select * from pg_auth_members order by oid'),
    databases: await query('select oid, datname, datdba, datacl::text from pg_database order by oid'),
    comments: await query('select * from pg_shdescription order by objoid, classoid'),
    settings: await query('select * from pg_db_role_setting order by setdatabase, setrole'),
    dependencies: await query('select * from pg_shdepend order by dbid, classid, objid, refobjid'),
    schemas: await query(
      `select oid, nspname, nspacl::text from pg_namespace where nspname !~ '^pg_t' order by oid`,
    ),
    tables: await query(
      `select oid, relname, relacl::text from pg_class where relnamespace = 'public'::regnamespace order by oid`,
    ),
  };
}
