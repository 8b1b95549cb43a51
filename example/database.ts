import type { QueryResult, QueryResultRow } from 'pg';

/** What the routes need of a pool: `@portcullis/runtime`'s rotating pool has it. */
export interface Database {
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<Row>>;
}
