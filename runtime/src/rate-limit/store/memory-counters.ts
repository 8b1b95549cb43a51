import { Counter } from './counter';
import { Shape, stemOf, type Counters } from './shape';
import type { Charge, Decision, Store } from './store';

/** The wall clock as it was when the process started, and what has passed since: in fractions of a millisecond. */
const preciseWall = (): number => performance.timeOrigin + performance.now();

/** The exact limiter in this process' memory: for outages of Redis, for tests, and for one process alone. */
export class MemoryCounters implements Store {
  readonly #shape: Shape;
  /**
   * @param clock ms, with a fraction where it knows one.
   * @param capacity how many counters are remembered. Beyond it, the one that has been quiet longest is forgotten.
   */
  constructor(
    readonly windowsMs: readonly number[],
    readonly clock: () => number = preciseWall,
    readonly capacity = 10_000 * windowsMs.length,
    readonly counters = new Map<string, Counter>(),
  ) {
    this.#shape = new Shape(windowsMs);
  }

  charge(request: Charge): Promise<Decision> {
    return Promise.resolve(this.decide(request));
  }

  /** {@link charge}, without waiting. */
  decide({ client, cost, limits, counters }: Charge): Decision {
    const clockMs = this.clock();
    const nowMs = Math.floor(clockMs);
    const shape = counters?.shape ?? this.#shape;
    const charged = this.#keys(client, counters).map((key, w) =>
      this.#counterOf(key, shape.windowsMs[w] ?? 0),
    );
    for (const counter of charged) counter.advance(nowMs);

    const waitMs = (isShadow: boolean): number =>
      Math.max(
        0,
        ...charged.map((counter, w) => {
          if ((shape.shadow[w] ?? false) !== isShadow) return 0;
          const limit = limits[w] ?? Infinity;
          if (cost > limit) return Infinity;
          const excess = counter.total + cost - limit;
          return cost > 0 && excess > 0 ? counter.freedAtMs(excess) - nowMs : 0;
        }),
      );
    const retryAfterMs = waitMs(false);
    const shadowRetryAfterMs = shape.hasShadow ? waitMs(true) : 0;
    const isCharged = charged.map(
      (_, w) => retryAfterMs === 0 && (shadowRetryAfterMs === 0 || shape.shadow[w] !== true),
    );
    if (cost > 0) charged.forEach((counter, w) => isCharged[w] && counter.charge(cost, Math.ceil(clockMs)));
    return {
      by: 'memory',
      limits,
      allowed: retryAfterMs === 0,
      retryAfterMs,
      ...(shape.hasShadow && { shadowRetryAfterMs }),
      nowMs,
      used: charged.map((counter) => counter.total),
      resetMs: charged.map((counter) => Math.max(0, counter.emptyAtMs() - nowMs)),
      buckets: charged.map((counter, w) => (isCharged[w] ? counter.bucket : -1)),
      ...(counters && { counters }),
    };
  }

  refund(client: string, amount: number, buckets: readonly number[], counters?: Counters): Promise<void> {
    this.giveBack(client, amount, buckets, counters);
    return Promise.resolve();
  }

  /** {@link refund}, without waiting. */
  giveBack(client: string, amount: number, buckets: readonly number[], counters?: Counters): void {
    this.#keys(client, counters).forEach((key, w) =>
      this.counters.get(key)?.giveBack(amount, buckets[w] ?? -1),
    );
  }

  #keys(client: string, counters: Counters | undefined): readonly string[] {
    return counters?.keys ?? this.#shape.keys([stemOf(client)]);
  }

  /** A map keeps its keys in the order in which they were set: the first is the one longest quiet. */
  #counterOf(key: string, lengthMs: number): Counter {
    const counter = this.counters.get(key) ?? new Counter(lengthMs);
    this.counters.delete(key);
    this.counters.set(key, counter);
    if (this.counters.size > this.capacity) {
      const [quietest] = this.counters.keys();
      if (quietest !== undefined) this.counters.delete(quietest);
    }
    return counter;
  }
}
