import type { Pg } from '../../peer-types';
import { missingPeer } from '../optional-peer';

/** What is needed of the module `pg`, or of `pg.native`. */
export type PgModule = Pick<typeof Pg, 'Pool'>;

/** The application's own `pg`: a peer, so that libraries find the class that they look for. @throws SecretsError */
export function loadPg(): PgModule {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('pg') as typeof Pg;
  } catch (cause) {
    throw missingPeer('pg', 'postgresPool()', cause);
  }
}
