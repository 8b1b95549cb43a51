import { LRUCache } from 'lru-cache';
import type { Session } from './session';

/** Ended sessions remembered at most: 2 MB. */
const MOST = 10_000;

/**
 * The sessions that this instance ended itself: their person logged out, or somebody logged in over them. A request that
 * was on its way meanwhile neither brings their cookie back nor takes the cookie of the next session away. Other
 * instances know them by `revocations`.
 */
export class EndedSessions {
  readonly #ids = new LRUCache<string, true>({ max: MOST });

  add({ id }: Pick<Session, 'id'>): void {
    this.#ids.set(id, true);
  }

  has({ id }: Pick<Session, 'id'>): boolean {
    return this.#ids.has(id);
  }
}
