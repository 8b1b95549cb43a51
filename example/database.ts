import type { PostgresPoolOptions } from '@portcullis/runtime';
import { isLoopback } from '@portcullis/runtime/policy';
import type { QueryResult, QueryResultRow } from 'pg';
import type { Config } from '../vault-entries';
import type { Settings } from './settings';

/** What the routes need of a pool: `@portcullis/runtime`'s rotating pool has it. */
export interface Database {
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<Row>>;
}

/**
 * Where the database is. Off this machine the connection is encrypted, and the server proves its name: by an authority that
 * Node trusts, which for one of your own is the file that NODE_EXTRA_CA_CERTS names.
 */
export function databaseOf(
  { db_host: host, db_port: port }: Pick<Config, 'db_host' | 'db_port'>,
  { DATABASE_NAME: database, DATABASE_POOL_MAX: max }: Pick<Settings, 'DATABASE_NAME' | 'DATABASE_POOL_MAX'>,
): PostgresPoolOptions {
  return { host, port, database, max, ssl: !isLoopback(host) };
}
