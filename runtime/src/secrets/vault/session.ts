import type { Secret } from '../secret';
import { deadlineOf, type TokenTerm } from './token-life';

/** One token and everything leased under it: its leases die with it, so whoever holds one asks it for its deadline. */
export class Session {
  #term: TokenTerm;
  #refusedAt = Infinity;

  constructor(
    readonly token: Secret,
    term: TokenTerm,
    /** What the login granted, and what each renewal asks for. */
    readonly fullTtlMs: number = term.ttlMs,
  ) {
    this.#term = term;
  }

  get term(): TokenTerm {
    return this.#term;
  }

  /** When the token, and all that was leased under it, ends at the latest. */
  get deadline(): number {
    return deadlineOf(this.#term);
  }

  /** Until when the token is worth sending: its deadline, or when Vault refused it. */
  get validUntil(): number {
    return Math.min(this.deadline, this.#refusedAt);
  }

  extend(term: TokenTerm): void {
    this.#term = term;
  }

  /** Vault did not take the token. */
  refuse(now: number): void {
    this.#refusedAt = Math.min(this.#refusedAt, now);
  }
}
