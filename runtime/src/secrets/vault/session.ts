import type { Secret } from '../secret';
import { deadlineOf, type TokenTerm } from './token-life';

/** One token and everything leased under it: its leases die with it, so whoever holds one asks it for its deadline. */
export class Session {
  #term: TokenTerm;

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

  get deadline(): number {
    return deadlineOf(this.#term);
  }

  extend(term: TokenTerm): void {
    this.#term = term;
  }
}
