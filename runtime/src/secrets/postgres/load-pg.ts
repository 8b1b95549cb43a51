import type * as Pg from 'pg';
import { optionalPeer } from '../optional-peer';

/** What is needed of the module `pg`, or of `pg.native`. */
export type PgModule = Pick<typeof Pg, 'Pool'>;

/** The application's own `pg`: a peer, so that libraries find the class that they look for. */
export function loadPg(): PgModule {
  return optionalPeer(
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    () => require('pg') as typeof Pg,
    'pg',
    'postgresPool()',
  );
}
