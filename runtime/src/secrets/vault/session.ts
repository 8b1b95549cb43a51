import type { Secret } from '../secret';
import { endOfTerm, type TokenTerm } from './token-life';

/** One token. Leases die with the token that they were asked for under, so whoever holds one asks for its deadline. */
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
    return endOfTerm(this.#term);
  }

  /** Until when the token is worth sending: until its deadline, or until Vault refused it. */
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
