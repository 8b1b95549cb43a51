/**
 * What each client spent lately: one number a client, for most call once in a while and are not to cost more. Lately
 * is this period and the one before; clients beyond the capacity are not followed.
 */
export class RecentSpending {
  #latest = new Map<string, number>();
  #before = new Map<string, number>();
  #startMs = -Infinity;

  constructor(
    readonly periodMs: number,
    readonly capacity: number,
  ) {}

  /** Adds a call's cost, and gives what the client spent lately with it. */
  add(client: string, cost: number, nowMs: number): number {
    const elapsedMs = nowMs - this.#startMs;
    if (elapsedMs >= this.periodMs) {
      this.#before = elapsedMs < 2 * this.periodMs ? this.#latest : new Map<string, number>();
      this.#latest = new Map();
      this.#startMs = nowMs;
    }
    const spent = this.#latest.get(client) ?? 0;
    if (spent > 0 || this.#latest.size < this.capacity) this.#latest.set(client, spent + cost);
    return spent + cost + (this.#before.get(client) ?? 0);
  }
}
