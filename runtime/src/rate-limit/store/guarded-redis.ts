import { Breaker } from './breaker';
import type { Script } from './charge-script';
import { evictionPolicy } from './eviction';
import type { RedisAccess } from '../../redis';
import { slotOf } from '../../redis/slots';
import { systemClock } from '../../time/clock';

/** Why the store does not decide. */
export type StoreFailure = 'disconnected' | 'timeout' | 'resting' | 'error';

/** The store did not decide in time, or at all: the route's outage policy does. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  readonly code = 'ERR_RATE_LIMIT_STORE';

  constructor(
    readonly failure: StoreFailure,
    options?: ErrorOptions,
  ) {
    super(`the rate-limit store does not answer: ${failure}`, options);
  }
}

/** Whether Redis decides, as `/readyz` and the log tell it. */
export interface StoreState {
  /** In a cluster: whether every shard does, as far as clients ask for it. */
  readonly up: boolean;
  /** Why it is not, or was not before it came back. */
  readonly failure?: StoreFailure;
  /** Redis' own words, when it answered with an error: `OOM`, `READONLY`, `NOPERM`… */
  readonly redisError?: string;
  /** The `maxmemory-policy` of a Redis that may evict counters: its clients then get more than their limit. */
  readonly evicts?: string;
}

/** A change of the store's state. `store_up` and `store_down` are each told once. */
export type StoreEvent =
  | { readonly type: 'store_down'; readonly failure: StoreFailure; readonly redisError?: string }
  | { readonly type: 'store_up' }
  /**
   * Redis may evict counters, and with them what their clients have spent: set `maxmemory-policy noeviction`. Told
   * when Redis first answers, and when it answers again after an outage.
   */
  | { readonly type: 'store_evicts'; readonly policy: string };

export interface GuardOptions {
  /** The longest that a decision may take, ms. */
  readonly timeoutMs: number;
  readonly onEvent?: (event: StoreEvent) => void;
  /** Monotonic, ms. */
  readonly clock?: () => number;
}

/** A timer that is later than this was kept by our own event loop, ms. */
const LATE_MS = 5;
/** How long the store is waited for then, ms. */
const GRACE_MS = 10;

/** A cluster's shards own ranges of slots, and fail one by one: each 256 slots have a breaker of their own. */
const SLOTS_PER_BREAKER = 256;

/**
 * A Redis that is never waited for longer than a moment. A script that takes longer than the time-out is
 * given up and never sent again: it may have been carried out. While there is no connection, or the
 * breaker is open, scripts fail at once, so that none waits in a queue to be charged later.
 */
export class GuardedRedis {
  readonly #breakers = new Map<number, Breaker>();
  readonly #clock: () => number;
  #state: StoreState = { up: true };
  #evicts: string | undefined;
  #inspected = false;

  constructor(
    readonly redis: RedisAccess,
    readonly options: GuardOptions,
  ) {
    this.#clock = options.clock ?? systemClock.monotonic;
    if (redis.ready) this.#inspect();
  }

  get state(): StoreState {
    return this.#evicts === undefined ? this.#state : { ...this.#state, evicts: this.#evicts };
  }

  /** Whether a script may only be given keys of one slot. */
  get clustered(): boolean {
    return this.redis.clustered;
  }

  /**
   * Runs a script on keys of one slot. Its source goes along only when Redis says that it never saw the script,
   * so nothing runs twice.
   *
   * @throws StoreUnavailableError within the time-out.
   */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const breaker = this.#breakerOf(keys);
    if (!this.redis.ready) return Promise.reject(this.#unavailable('disconnected'));
    if (!breaker.pass()) return Promise.reject(this.#unavailable('resting'));
    return new Promise((resolve, reject) => {
      let over = false;
      const fail = (failure: StoreFailure, cause?: unknown): void => {
        if (over) return;
        over = true;
        clearTimeout(timer);
        breaker.failed();
        reject(this.#unavailable(failure, breaker, cause));
      };
      const dueAtMs = this.#clock() + this.options.timeoutMs;
      // When our own event loop was late, timers run before the replies that came meanwhile are read: look at the
      // sockets once more before blaming the store.
      const lookOnceMore = (): unknown => setImmediate(fail, 'timeout');
      let timer = setTimeout(() => {
        // And what kept the loop may have kept the command here as well: the store gets a moment to answer it.
        if (this.#clock() - dueAtMs < LATE_MS) lookOnceMore();
        else timer = setTimeout(lookOnceMore, GRACE_MS);
      }, this.options.timeoutMs);

      this.redis
        .evalsha(script.sha, keys, args)
        .catch((error: unknown) => {
          if (over || !isNoScript(error)) throw error;
          return this.redis.eval(script.source, keys, args);
        })
        .then(
          (reply) => {
            // A reply that came too late was answered otherwise, and is no sign of health.
            if (over) return;
            over = true;
            clearTimeout(timer);
            this.#answered(breaker);
            resolve(reply);
          },
          (error: unknown) => fail('error', error),
        );
    });
  }

  #breakerOf(keys: readonly string[]): Breaker {
    const index = this.clustered ? Math.floor(slotOf(keys[0] ?? '') / SLOTS_PER_BREAKER) : 0;
    let breaker = this.#breakers.get(index);
    if (breaker === undefined) this.#breakers.set(index, (breaker = new Breaker(this.#clock)));
    return breaker;
  }

  #answered(by: Breaker): void {
    // A shard that is back has more slots than these.
    if (by.open) for (const breaker of this.#breakers.values()) breaker.wake();
    by.succeeded();
    if (!this.#state.up) {
      for (const breaker of this.#breakers.values()) if (breaker.open && !breaker.forgotten) return;
      this.#state = { ...this.#state, up: true };
      this.options.onEvent?.({ type: 'store_up' });
    }
    if (!this.#inspected) this.#inspect();
  }

  #unavailable(failure: StoreFailure, breaker?: Breaker, cause?: unknown): StoreUnavailableError {
    if (this.#state.up && (breaker === undefined || breaker.open)) {
      const redisError = cause instanceof Error ? /^[A-Z]+(?= )/.exec(cause.message)?.[0] : undefined;
      const why = { failure, ...(redisError !== undefined && { redisError }) };
      this.#state = { up: false, ...why };
      this.options.onEvent?.({ type: 'store_down', ...why });
      // Who comes back may be another server, or the same one configured anew.
      this.#inspected = false;
    }
    return new StoreUnavailableError(failure, { cause });
  }

  #inspect(): void {
    this.#inspected = true;
    evictionPolicy(this.redis).then(
      (policy) => {
        this.#evicts = policy;
        if (policy !== undefined) this.options.onEvent?.({ type: 'store_evicts', policy });
      },
      // It went away meanwhile: that is told by what it decides, and it is asked again when it is back.
      () => undefined,
    );
  }
}

/** Redis forgot the script, as after a restart: it answers, so it is well. */
function isNoScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
