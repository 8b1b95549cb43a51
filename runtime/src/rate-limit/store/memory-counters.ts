import { systemClock } from '../../time/clock';
import type { Charge, Decision, Store } from './store';
import { BUCKETS, FAR, RING, bucketAt, freedAtMs } from './window';

/** What one client was charged in one window: the same as the hash in Redis (charge-script.ts), in memory. */
class ClientWindow {
  #head: number;
  #total = 0;
  #slots = new Array<number>(RING).fill(0);

  constructor(
    readonly lengthMs: number,
    nowMs: number,
  ) {
    this.#head = bucketAt(nowMs, lengthMs);
  }

  /** Drops the buckets that no longer count. A clock that was set back far takes the charges along (window.ts). */
  advance(nowMs: number): void {
    const current = bucketAt(nowMs, this.lengthMs);
    if (this.#head - current > FAR) this.#moveBack(this.#head - current - 1);
    for (
      let bucket = Math.max(this.#head - BUCKETS, current - BUCKETS - RING);
      bucket < current - BUCKETS;
      bucket += 1
    ) {
      this.#total -= this.#slots[bucket % RING] ?? 0;
      this.#slots[bucket % RING] = 0;
    }
    this.#head = Math.max(this.#head, current);
  }

  #moveBack(by: number): void {
    this.#slots = this.#slots.map((_, slot) => this.#slots[(slot + by) % RING] ?? 0);
    this.#head -= by;
  }

  get total(): number {
    return this.#total;
  }

  get current(): number {
    return this.#head;
  }

  add(amount: number): void {
    this.#slots[this.#head % RING] = (this.#slots[this.#head % RING] ?? 0) + amount;
    this.#total += amount;
  }

  giveBack(amount: number, bucket: number): void {
    if (bucket < this.#head - BUCKETS || bucket > this.#head) return;
    const back = Math.min(amount, this.#slots[bucket % RING] ?? 0);
    this.#slots[bucket % RING] = (this.#slots[bucket % RING] ?? 0) - back;
    this.#total -= back;
  }

  /** When `excess` of what counts now will be free. */
  freedAtMs(excess: number): number {
    let left = excess;
    for (let bucket = this.#head - BUCKETS; bucket <= this.#head; bucket += 1) {
      left -= this.#slots[bucket % RING] ?? 0;
      if (left <= 0) return freedAtMs(bucket, this.lengthMs);
    }
    return freedAtMs(this.#head, this.lengthMs);
  }

  /** When all of it will be free. */
  emptyAtMs(): number {
    return this.#total === 0 ? 0 : this.freedAtMs(this.#total);
  }
}

/** The exact limiter in this process' memory: for one process, for tests, and for outages of Redis. */
export class MemoryStore implements Store {
  readonly #clients = new Map<string, readonly ClientWindow[]>();

  /**
   * @param capacity how many clients are remembered. Beyond it, the one that has been quiet longest is forgotten.
   */
  constructor(
    readonly windowsMs: readonly number[],
    readonly clock: () => number = systemClock.wall,
    readonly capacity = 10_000,
  ) {}

  charge(request: Charge): Promise<Decision> {
    return Promise.resolve(this.decide(request));
  }

  /** {@link charge}, without waiting. */
  decide({ client, cost, limits }: Charge): Decision {
    const nowMs = this.clock();
    const windows = this.#windowsOf(client, nowMs);
    for (const window of windows) window.advance(nowMs);

    const waits = windows.map((window, w) => {
      const limit = limits[w] ?? Infinity;
      if (cost > limit) return Infinity;
      const excess = window.total + cost - limit;
      return cost > 0 && excess > 0 ? window.freedAtMs(excess) - nowMs : 0;
    });
    const retryAfterMs = Math.max(...waits);
    if (retryAfterMs === 0) for (const window of windows) window.add(cost);
    return {
      by: 'memory',
      limits,
      allowed: retryAfterMs === 0,
      retryAfterMs,
      nowMs,
      used: windows.map((window) => window.total),
      resetMs: windows.map((window) => Math.max(0, window.emptyAtMs() - nowMs)),
      buckets: windows.map((window) => window.current),
    };
  }

  refund(client: string, amount: number, buckets: readonly number[]): Promise<void> {
    this.giveBack(client, amount, buckets);
    return Promise.resolve();
  }

  /** {@link refund}, without waiting. */
  giveBack(client: string, amount: number, buckets: readonly number[]): void {
    this.#clients.get(client)?.forEach((window, w) => window.giveBack(amount, buckets[w] ?? 0));
  }

  /** A map keeps its keys in the order in which they were set: the first is the one longest quiet. */
  #windowsOf(client: string, nowMs: number): readonly ClientWindow[] {
    const windows =
      this.#clients.get(client) ?? this.windowsMs.map((length) => new ClientWindow(length, nowMs));
    this.#clients.delete(client);
    this.#clients.set(client, windows);
    if (this.#clients.size > this.capacity) {
      const [quietest] = this.#clients.keys();
      if (quietest !== undefined) this.#clients.delete(quietest);
    }
    return windows;
  }
}
