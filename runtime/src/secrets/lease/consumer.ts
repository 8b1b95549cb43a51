import type { Credential, Lent } from './credential';

/** What serves with one credential: a pool, or connections that signed in with it. */
export interface Generation {
  /** The swap: from now on new work goes here. Synchronous, so that no work falls between two generations. */
  readonly activate: () => void;
  /** Resolves when no work is left in here, or the bound has passed. */
  readonly drain: (boundMs: number) => Promise<void>;
  /** Ends what is left. Never rejects. */
  readonly close: () => Promise<void>;
}

/** Whoever works with a leased credential and can change to a new one without dropping work. */
export interface Consumer<L extends Lent = Credential> {
  /**
   * Connects and proves that the credential works; must leave nothing open when it rejects.
   *
   * @param servesForMs how long the credential that serves now goes on doing so; 0 when there is none.
   */
  prepare(credential: L, servesForMs: number): Promise<Generation>;
  /** The credential reached its deadline: nothing may be served any more. */
  readonly expire: () => void;
}

/** The lease as its consumer sees it. */
export interface Lender {
  /** Resolves when a credential serves. @throws SecretsError with the reason when none does in time. */
  readonly ready: () => Promise<void>;
  /** The server refused this user. Resolves when another one serves. @throws SecretsError */
  readonly refused: (user: string) => Promise<void>;
  /** Drains, closes and revokes; no credential serves any more. Never rejects. */
  readonly close: (boundMs: number) => Promise<void>;
}
