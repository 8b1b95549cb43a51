import { Client } from 'pg';

/** One statement on an open connection. */
export type Query = <Row = Record<string, unknown>>(sql: string, values?: unknown[]) => Promise<Row[]>;

/** The URL of the same server and user, with another database in it. */
export function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** A connection of its own for as long as `use` takes. */
export async function withClient<T>(url: string, use: (query: Query) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // Without a listener an error event ends the process; the statements reject with the same error.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(
      async <Row>(sql: string, values?: unknown[]) => (await client.query(sql, values)).rows as Row[],
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}
