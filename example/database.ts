import type { QueryResult, QueryResultRow } from 'pg';

/** What the routes need of a pool. The rotating pool of `@portcullis/runtime` is one. */
export interface Database {
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<Row>>;
}
