import { accessTo, type RedisClient } from '../redis';
import { RedisBlockStore, type BlockStore } from './reserved/block-store';
import { GuardedRedis, type GuardOptions, type StoreState } from './store/guarded-redis';
import type { MemoryStore } from './store/memory-store';
import { RedisStore } from './store/redis-store';
import type { Store } from './store/store';

/** Where a limiter's counters are: in Redis, or in this process' memory. */
export interface ChosenStore {
  /** @param windowsMs in which a charge counts that names no counters. */
  countersOf(windowsMs: readonly number[]): Store;
  /** The Redis, where there is one. */
  readonly redis?: GuardedRedis;
  /** The store of reserved blocks; missing where there is no round trip to save. @param othersMs as in RedisBlockStore. */
  readonly blocksOf?: (windowsMs: readonly number[], othersMs: readonly number[]) => BlockStore;
  readonly state: () => StoreState;
}

/** What an app says of the store: one of both. */
export interface StoreChoice {
  readonly redis?: RedisClient | undefined;
  readonly store?: MemoryStore | undefined;
}

/** @param limiter as its user knows it, for the warning: `rateLimit()`. */
export function chosenStore(
  limiter: string,
  { redis, store }: StoreChoice,
  guard: GuardOptions,
): ChosenStore {
  if (redis !== undefined) {
    const guarded = new GuardedRedis(accessTo(redis), guard);
    return {
      redis: guarded,
      countersOf: (windowsMs) => new RedisStore(guarded, windowsMs),
      blocksOf: (windowsMs, othersMs) =>
        new RedisBlockStore(guarded, windowsMs, undefined, undefined, othersMs),
      state: () => guarded.state,
    };
  }
  if (store === undefined) throw new TypeError(`${limiter}: expected redis or store`);
  if (!store.singleInstance)
    process.emitWarning(
      `${limiter} counts in the memory of this process alone: of several, each admits every limit. Give it a Redis, or new MemoryStore({ singleInstance: true }).`,
      { code: 'PORTCULLIS_MEMORY_STORE' },
    );
  return { countersOf: (windowsMs) => store.countersOf(windowsMs), state: () => ({ up: true }) };
}

/** What is wrong with the choice, in words; `undefined` when nothing is. */
export function storeChoiceProblem(
  { redis, store }: { readonly redis?: unknown; readonly store?: unknown },
  isProduction: boolean,
): string | undefined {
  if (store === undefined) return undefined;
  if (redis !== undefined) return 'received both redis and store; expected one of them';
  if (isProduction && (store as MemoryStore | null)?.singleInstance !== true)
    return 'received a MemoryStore under NODE_ENV=production; expected redis, or new MemoryStore({ singleInstance: true }) where no other process serves the API';
  return undefined;
}
