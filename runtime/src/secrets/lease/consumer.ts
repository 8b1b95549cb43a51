import type { Credential } from './credential';

/** What serves with one credential: a pool, a connection. */
export interface Generation {
  /** The swap: from now on new work goes here. Synchronous, so that no work falls between two generations. */
  readonly activate: () => void;
  /** Resolves when no work is left in here, or the bound has passed. */
  readonly drain: (boundMs: number) => Promise<void>;
  /** Ends what is left. Never rejects. */
  readonly close: () => Promise<void>;
}

/** Somebody who works with a leased credential and can change to a new one without dropping work. */
export interface Consumer {
  /** Connects and proves that the credential works; must leave nothing open when it rejects. */
  readonly prepare: (credential: Credential) => Promise<Generation>;
  /** The credential reached its deadline: nothing may be served any more. */
  readonly expire: () => void;
}
