import { withCode } from '../../coded-message';
import { slotOf, type RedisAccess } from '../../redis';
import { systemClock } from '../../time/clock';
import { Breaker } from './breaker';
import type { Script } from './charge-script';

/** Why the store does not decide. */
export type StoreFailure = 'disconnected' | 'timeout' | 'resting' | 'error';

/** Redis did not decide, or not in time. The route's `onStoreFailure` decides instead. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  readonly code = 'ERR_RATE_LIMIT_STORE';

  constructor(
    readonly failure: StoreFailure,
    options?: ErrorOptions,
  ) {
    super(withCode('ERR_RATE_LIMIT_STORE', `the rate-limit store does not answer: ${failure}`), options);
  }
}

/** Whether Redis decides, for `/readyz` and logs. */
export interface StoreState {
  /** Whether Redis decides; in a cluster, whether every shard does that clients needed lately. */
  readonly up: boolean;
  /** Why it is down, or why it was down last. */
  readonly failure?: StoreFailure;
  /** The code of Redis' error, if it answered with one: `OOM`, `READONLY`, `NOPERM`… */
  readonly redisError?: string;
  /** The `maxmemory-policy`, if Redis may evict counters: clients then get more than their limit. */
  readonly evicts?: string;
}

/** A change of the store's state. `store_up` and `store_down` are each sent once. */
export type StoreEvent =
  | { readonly type: 'store_down'; readonly failure: StoreFailure; readonly redisError?: string }
  | { readonly type: 'store_up' }
  /**
   * Redis may evict counters, and with them what their clients have spent: set `maxmemory-policy noeviction`. Sent when
   * Redis first answers, and when it answers again after an outage.
   */
  | { readonly type: 'store_evicts'; readonly policy: string };

export interface GuardOptions {
  /** The longest that a decision may take, ms. */
  readonly timeoutMs: number;
  /** How long the store gets to answer after our own event loop was late, ms. @default 10 */
  readonly graceMs?: number;
  readonly onEvent?: (event: StoreEvent) => void;
  /** Monotonic, ms. */
  readonly clock?: () => number;
}

/** A timer that fires this much too late was held up by our own event loop, ms. */
const LATE_MS = 5;
const GRACE_MS = 10;

/** The shards of a cluster own ranges of slots and fail one by one: every 256 slots have a breaker of their own. */
const SLOTS_PER_BREAKER = 256;

/**
 * A Redis with a time-out and a breaker. A script that takes longer than the time-out is given up and never sent
 * again, because Redis may have carried it out. While there is no connection, or the breaker is open, scripts fail at
 * once: none waits in a queue to be charged later.
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
   * Runs a script on keys of one slot. Its source is sent only after Redis answered that it does not have the
   * script, so no script runs twice.
   *
   * @throws StoreUnavailableError within the time-out.
   */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const breaker = this.#breakerOf(keys);
    if (!this.redis.ready && this.redis.idle !== true)
      return Promise.reject(this.#unavailable('disconnected'));
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
      // After a delay of our own event loop, timers run before it reads the replies that came meanwhile: read the
      // sockets once more before the store is blamed.
      const lookOnceMore = (): unknown => setImmediate(fail, 'timeout');
      let timer = setTimeout(() => {
        // The delay may have kept back the command as well: the store gets a moment to answer it.
        if (this.#clock() - dueAtMs < LATE_MS) lookOnceMore();
        else timer = setTimeout(lookOnceMore, this.options.graceMs ?? GRACE_MS);
      }, this.options.timeoutMs);

      this.redis
        .evalsha(script.sha, keys, args)
        .catch((error: unknown) => {
          if (over || !isNoScript(error)) throw error;
          return this.redis.eval(script.source, keys, args);
        })
        .then(
          (reply) => {
            // The request was answered without this reply, which is too late to be a sign of health.
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
    // The recovered shard owns other slot ranges: retry their breakers too.
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
      // The server that answers next may be another one, or have another configuration: inspect it again.
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
      // Redis failed meanwhile. The next script reports that, and Redis is inspected again when it is back.
      () => undefined,
    );
  }
}

/** Redis answered that it does not have the script, as after a restart. That is no failure of Redis. */
function isNoScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

/**
 * The `maxmemory-policy` of a Redis that may evict counters and so give their clients a fresh limit; `undefined` when
 * it evicts nothing (`noeviction`), or when the client library cannot ask. Counters have a TTL, so the `volatile-…`
 * policies evict them as well. `unknown` when Redis' user may not ask (INFO).
 */
async function evictionPolicy({ memoryInfo }: RedisAccess): Promise<string | undefined> {
  if (memoryInfo === undefined) return undefined;
  const servers = await memoryInfo().catch((error: unknown) => {
    if (error instanceof Error && error.message.startsWith('NOPERM')) return [''];
    throw error;
  });
  const policies = servers.map((info) => /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'unknown');
  return policies.find((policy) => policy !== 'noeviction');
}
