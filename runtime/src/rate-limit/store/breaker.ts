/** After this many failures in a row the store is left alone. */
const FAILURES = 3;
/** The store is left alone for this long before one command may try it. */
const REST_MS = 500;

/**
 * Decides whether a store may be asked. Closed: always. Open, after three failures in a row: not for half
 * a second. Half-open: one command may try; its success closes the breaker, its failure opens it again.
 */
export class Breaker {
  #failures = 0;
  /** When the next command may pass. Before that the breaker is open, after it half-open. */
  #passAtMs = -Infinity;

  /** @param clock monotonic, ms. */
  constructor(readonly clock: () => number) {}

  /** Whether a command may go now. A half-open breaker lets one command pass and holds the others back. */
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

  /** Open, but no command has come for so long that this says nothing about the store any more. */
  get forgotten(): boolean {
    return this.open && this.clock() >= this.#passAtMs + REST_MS;
  }

  /** Lets the next command pass: another breaker saw the store recover. */
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
