/** A power of two. Two clients of one counter are taken for busier than they are. */
const COUNTERS = 32_768;

/**
 * What each client spends in a period. Of the period before counts what of it lies less than a period back, as if
 * spent evenly. A counter, not an entry, a client: most call once in a while and are not to cost more, and however
 * many come, they take no more memory.
 */
export class RecentSpending {
  #latest = new Float64Array(COUNTERS);
  #before = new Float64Array(COUNTERS);
  #startMs = -Infinity;

  constructor(readonly periodMs: number) {}

  /** Adds a call's cost, and gives what the client spent in the last period with it: not less, seldom more. */
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

/** Names of clients are hashes: their first characters spread well. */
function counterOf(client: string): number {
  let hash = 0;
  for (let i = 0; i < client.length && i < 6; i += 1) hash = Math.imul(hash, 31) + client.charCodeAt(i);
  return hash & (COUNTERS - 1);
}
