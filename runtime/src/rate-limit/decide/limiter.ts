import { systemClock } from '../../time/clock';
import type { DenyCache } from './deny-cache';
import { StoreUnavailableError, type StoreFailure } from '../store/guarded-redis';
import type { ReservedBlocks } from '../reserved/reserved-blocks';
import type { OnStoreFailure, OutageOutcome, OutagePolicy } from './outage';
import type { Charge, Decision, Store } from '../store/store';

/** What is told of the store. */
export interface StoreObserver {
  /** A request that the store did not decide. */
  storeFailed(failure: StoreFailure): void;
  /** How long it took to decide one, or to fail. */
  storeTook(milliseconds: number): void;
}

/** Decides requests: from reserved blocks, the deny cache, the store, or by the outage policy. No HTTP in here. */
export class Limiter {
  constructor(
    readonly store: Store,
    readonly outage: OutagePolicy,
    readonly denials: DenyCache,
    readonly observer: StoreObserver,
  ) {}

  /**
   * Answers at once where nothing has to be asked. Never rejects.
   *
   * @param blocks where the request may be admitted from a reserved block.
   */
  decide(
    request: Charge,
    policy: OnStoreFailure,
    blocks?: ReservedBlocks,
  ): OutageOutcome | Promise<OutageOutcome> {
    const decided = blocks?.spend(request) ?? this.denials.find(request);
    if (decided !== undefined) return decided;
    const askedAtMs = systemClock.monotonic();
    return this.store.charge(request).then(
      (decision) => {
        this.observer.storeTook(systemClock.monotonic() - askedAtMs);
        if (!decision.allowed) this.denials.note(request, decision);
        blocks?.decided(request, decision);
        return decision;
      },
      (error: unknown) => {
        this.observer.storeTook(systemClock.monotonic() - askedAtMs);
        this.#failed(error);
        return this.outage.decide(request, policy);
      },
    );
  }

  /** Gives back part of what an admitted request was charged, where it was charged. Never rejects. */
  async refund(client: string, amount: number, decision: Decision): Promise<void> {
    this.denials.forget(client);
    if (decision.by === 'memory') {
      this.outage.refund(client, amount, decision.buckets);
      return;
    }
    try {
      await this.store.refund(client, amount, decision.buckets);
    } catch (error) {
      // The client stays charged for a window at most: the safe side.
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.observer.storeFailed(error instanceof StoreUnavailableError ? error.failure : 'error');
  }
}
