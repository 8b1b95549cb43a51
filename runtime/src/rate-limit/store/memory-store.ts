import type { Counter } from './counter';
import { MemoryCounters } from './memory-counters';
import type { Store } from './store';

export interface MemoryStoreOptions {
  /**
   * Says that this process is the only one that serves the API. Each further process would admit every limit once more.
   * Under `NODE_ENV=production` it has to be said.
   *
   * @default false
   */
  readonly singleInstance?: boolean;
  /**
   * How many counters are remembered: one of each client, window and key. Beyond it the one that has been quiet longest is
   * forgotten, and its client begins anew. One takes 200 bytes, and 40 more for each sixtieth of its window that was charged.
   *
   * @default 100000
   */
  readonly capacity?: number;
}

const CAPACITY = 100_000;

/**
 * Counts in this process' memory instead of Redis: for development, for tests, and for an API that one process serves. A
 * restart forgets what was spent.
 *
 * @throws RangeError when the capacity is no whole number of 1 or more.
 *
 * @example
 * app.use(rateLimit({ policy, store: new MemoryStore({ singleInstance: true }) }));
 */
export class MemoryStore {
  readonly singleInstance: boolean;
  readonly #capacity: number;
  readonly #counters = new Map<string, Counter>();

  constructor({ singleInstance = false, capacity = CAPACITY }: MemoryStoreOptions = {}) {
    if (!Number.isSafeInteger(capacity) || capacity < 1)
      throw new RangeError(`MemoryStore: received capacity ${capacity}; expected a whole number, 1 or more`);
    this.singleInstance = singleInstance;
    this.#capacity = capacity;
  }

  /** The store of one limiter. Limiters with one MemoryStore share what they count of the same client. */
  countersOf(windowsMs: readonly number[]): Store {
    return new MemoryCounters(windowsMs, undefined, this.#capacity, this.#counters);
  }
}
