import { durationSeconds } from '../../policy/duration';
import type { ClientNames } from '../client/client-names';
import { DenyCache } from '../decide/deny-cache';
import { Limiter, type StoreObserver } from '../decide/limiter';
import { OutagePolicy, type OnStoreFailure, type OutageOutcome } from '../decide/outage';
import { LOCAL_SHARE, type AttemptLimit } from '../options';
import type { ChosenStore } from '../chosen-store';

/** A failed attempt costs as much as ten that succeeded. */
export const FAILURE_COST = 10;
const SUCCESS_COST = 1;

/** An attempt that was charged or refused. */
export interface Attempt {
  /** The hashed network or account for which it was counted. */
  readonly client: string;
  readonly outcome: OutageOutcome;
  /** Gives back the difference between the cost of a failure and that of a success. */
  readonly succeeded: () => void;
}

/** Counts attempts by network, by account, or by account from a network that is known for it. */
export class AttemptCounter {
  readonly limit: number;
  readonly #limits: readonly number[];
  readonly #limiter: Limiter;

  constructor(
    readonly kind: 'login-network' | 'login-site' | 'login-account' | 'login-known-network',
    { failures, window }: AttemptLimit,
    readonly names: ClientNames,
    store: ChosenStore,
    observer: StoreObserver,
  ) {
    const windowsMs = [(durationSeconds(window) ?? NaN) * 1_000];
    this.limit = failures * FAILURE_COST;
    this.#limits = [this.limit];
    const outage = new OutagePolicy(windowsMs, LOCAL_SHARE);
    this.#limiter = new Limiter(store.countersOf(windowsMs), outage, new DenyCache(), observer);
  }

  /** Charges an attempt as if it were to fail. Never rejects. */
  async attempt(value: string, onStoreFailure: OnStoreFailure): Promise<Attempt> {
    const client = this.names.of(this.kind, value);
    const request = { client, cost: FAILURE_COST, limits: this.#limits };
    const outcome = await this.#limiter.decide(request, onStoreFailure);
    return {
      client,
      outcome,
      succeeded: () => {
        if (typeof outcome === 'object')
          void this.#limiter.refund(client, FAILURE_COST - SUCCESS_COST, outcome);
      },
    };
  }
}
