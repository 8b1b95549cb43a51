/** Consecutive failures after which a store is left alone. */
const FAILURES = 3;
/** How long it is left alone before one command may try it. */
const REST_MS = 500;

/**
 * Decides whether a store may be asked. Closed: always. Open, after three failures in a row: not for half
 * a second. Half-open: one command may try; its success closes the breaker, its failure opens it again.
 */
export class Breaker {
  #failures = 0;
  /** When the next command may pass; before it the breaker is open. */
  #passAtMs = -Infinity;

  /** @param clock monotonic, ms. */
  constructor(readonly clock: () => number) {}

  /** Whether a command may go now. While half-open, saying yes to one says no to the others. */
  pass(): boolean {
    if (!this.open) return true;
    const nowMs = this.clock();
    if (nowMs < this.#passAtMs) return false;
    this.#passAtMs = nowMs + REST_MS;
    return true;
  }

  /** Whether the store counts as down: open or half-open. */
  get open(): boolean {
    return this.#failures >= FAILURES;
  }

  /** Open, but nobody has wanted to ask for so long that it says nothing of the store any more. */
  get forgotten(): boolean {
    return this.open && this.clock() >= this.#passAtMs + REST_MS;
  }

  /** Ends the rest: what kept this one away has ended elsewhere. */
  wake(): void {
    if (this.open) this.#passAtMs = this.clock();
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failed(): void {
    this.#failures += 1;
    if (this.open) this.#passAtMs = this.clock() + REST_MS;
  }
}
