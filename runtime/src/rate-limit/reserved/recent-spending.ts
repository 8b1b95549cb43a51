/** A power of two. Clients that share a counter seem busier than they are. */
const COUNTERS = 32_768;

/**
 * Estimates what each client spent in the last period. Spending in the period before counts by the share of that
 * period which is less than a period old, as if it had been spent evenly. Clients are hashed to a fixed number of
 * counters, so that memory stays the same however many come: most call only once in a while.
 */
export class RecentSpending {
  #latest = new Float64Array(COUNTERS);
  #before = new Float64Array(COUNTERS);
  #startMs = -Infinity;

  constructor(readonly periodMs: number) {}

  /** Adds a call's cost. Returns what the client spent in the last period, this call included; rarely more than that. */
  add(client: string, cost: number, nowMs: number): number {
    if (nowMs - this.#startMs >= this.periodMs) this.#turn(nowMs);
    const counter = counterOf(client);
    const spent = (this.#latest[counter] ?? 0) + cost;
    this.#latest[counter] = spent;
    const share = 1 - (nowMs - this.#startMs) / this.periodMs;
    return spent + share * (this.#before[counter] ?? 0);
  }

  /** Periods follow each other without gaps, for as long as there are calls. */
  #turn(nowMs: number): void {
    const isNext = nowMs - this.#startMs < 2 * this.periodMs;
    this.#startMs = isNext ? this.#startMs + this.periodMs : nowMs;
    [this.#latest, this.#before] = [this.#before, this.#latest];
    this.#latest.fill(0);
    if (!isNext) this.#before.fill(0);
  }
}

/** Clients' names are hashes, so their first characters spread well. */
function counterOf(client: string): number {
  let hash = 0;
  for (let i = 0; i < client.length && i < 6; i += 1) hash = Math.imul(hash, 31) + client.charCodeAt(i);
  return hash & (COUNTERS - 1);
}
