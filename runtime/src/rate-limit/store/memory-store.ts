import type { Counter } from './counter';
import { MemoryCounters } from './memory-counters';
import type { Store } from './store';

/** Options of `MemoryStore`. */
export interface MemoryStoreOptions {
  /**
   * Whether this process is the only one that serves the API: each further one would admit every limit once more. Has to be
   * `true` under `NODE_ENV=production`.
   *
   * @default false
   */
  readonly singleInstance?: boolean;
  /**
   * How many counters are kept: one for each client, window and key. With one more, the counter that was unused longest is
   * dropped, and its client starts anew. A counter takes 200 bytes, and 40 more for each sixtieth of its window with a
   * charge.
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
