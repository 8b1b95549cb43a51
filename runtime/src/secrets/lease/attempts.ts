import { backoffMs, retryAt } from '../../time/backoff';
import type { Clock } from '../../time/clock';
import type { SecretsError } from '../errors';
import type { Lent } from './credential';
import { rotateAt } from './lease-life';

/** A credential refused at this age was refused from the start, whatever its probe said. */
const YOUNG_MS = 10_000;
/** How many young ones in a row are replaced at once, before the pauses begin. */
const REFUSALS_AT_ONCE = 2;

/** When a lease asks for its next credential: at its planned rotation, or after a pause when that has failed. */
export class Attempts {
  #nextAt: number;
  #failures = 0;
  #refusals = 0;
  #lastError: SecretsError | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly rotateShare: number,
  ) {
    this.#nextAt = clock.monotonic();
  }

  get nextAt(): number {
    return this.#nextAt;
  }

  /** How many failed in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Of the last attempt; `undefined` when it succeeded. */
  get lastError(): SecretsError | undefined {
    return this.#lastError;
  }

  /** Whether a pause after a failure is still going on. */
  get pausing(): boolean {
    return this.#lastError !== undefined && this.#nextAt > this.clock.monotonic();
  }

  succeeded(credential: Lent): void {
    this.#nextAt = rotateAt(credential, this.rotateShare, this.clock.random());
    this.#failures = 0;
    this.#lastError = undefined;
  }

  /** @param deadline of the credential that serves on; its last moments are not slept through. */
  failed(error: SecretsError, deadline: number | undefined): void {
    this.#failures += 1;
    this.#lastError = error;
    const pauseMs = error.retryAfterMs + backoffMs(this.#failures, this.clock.random());
    this.#nextAt = retryAt(this.clock.monotonic(), pauseMs, deadline);
  }

  /** Nothing serves any more: the next attempt is due now, whatever was planned. */
  hurry(): void {
    this.#nextAt = Math.min(this.#nextAt, this.clock.monotonic());
  }

  /**
   * Counts a credential that the server refused. Says whether it may be replaced at once: not when one new
   * credential after the other is refused, for then every query would ask Vault for a lease.
   */
  replacesAtOnce({ obtainedAt }: Lent): boolean {
    this.#refusals = this.clock.monotonic() - obtainedAt < YOUNG_MS ? this.#refusals + 1 : 1;
    if (this.#refusals <= REFUSALS_AT_ONCE) return true;
    this.#failures = this.#refusals;
    return false;
  }
}
