import { BUCKETS, FAR, bucketAt } from './window';

/** What was charged in one bucket. */
interface Entry {
  /** The time of the bucket's last charge, ms. */
  timeMs: number;
  amount: number;
}

/** What one client was charged in one window: the same as a counter in Redis (counter-script.ts), in memory. */
export class Counter {
  #total = 0;
  /** Oldest first. */
  #entries: Entry[] = [];

  constructor(readonly lengthMs: number) {}

  /** The sum of what counts. */
  get total(): number {
    return this.#total;
  }

  /** The bucket that was charged last. */
  get bucket(): number {
    return bucketAt(this.#entries.at(-1)?.timeMs ?? 0, this.lengthMs);
  }

  /** Drops what no longer counts. A clock that was set back far takes the charges along (window.ts). */
  advance(nowMs: number): void {
    const newest = this.#entries.at(-1);
    if (newest === undefined) return;
    const bucketMs = this.lengthMs / BUCKETS;
    if (newest.timeMs - nowMs > FAR * bucketMs) {
      const by = newest.timeMs - nowMs - Math.floor(bucketMs);
      for (const entry of this.#entries) entry.timeMs -= by;
    }
    const live = this.#entries.findIndex(({ timeMs }) => timeMs > nowMs - this.lengthMs);
    const gone = this.#entries.splice(0, live === -1 ? this.#entries.length : live);
    for (const { amount } of gone) this.#total -= amount;
  }

  charge(amount: number, nowMs: number): void {
    if (this.#total === 0) this.#entries = [];
    const newest = this.#entries.at(-1);
    if (newest === undefined || bucketAt(nowMs, this.lengthMs) > this.bucket)
      this.#entries.push({ timeMs: nowMs, amount });
    else {
      newest.timeMs = Math.max(newest.timeMs, nowMs);
      newest.amount += amount;
    }
    this.#total += amount;
  }

  giveBack(amount: number, bucket: number): void {
    const entry = this.#entries.findLast(
      (one) => one.amount > 0 && bucketAt(one.timeMs, this.lengthMs) === bucket,
    );
    if (entry === undefined) return;
    const back = Math.min(amount, entry.amount);
    entry.amount -= back;
    this.#total -= back;
    while (this.#entries.at(-1)?.amount === 0) this.#entries.pop();
  }

  /** When `excess` of what counts now will be free. */
  freedAtMs(excess: number): number {
    let left = excess;
    const last = this.#entries.find(({ amount }) => (left -= amount) <= 0) ?? this.#entries.at(-1);
    return (last?.timeMs ?? 0) + this.lengthMs;
  }

  /** When all of it will be free. */
  emptyAtMs(): number {
    return this.#total === 0 ? 0 : (this.#entries.at(-1)?.timeMs ?? 0) + this.lengthMs;
  }
}
