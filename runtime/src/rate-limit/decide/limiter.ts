import { systemClock } from '../../time/clock';
import type { ReservedBlocks } from '../reserved/reserved-blocks';
import { StoreUnavailableError, type StoreFailure } from '../store/guarded-redis';
import type { Charge, Decision, Store } from '../store/store';
import type { DenyCache } from './deny-cache';
import type { OnStoreFailure, OutageOutcome, OutagePolicy } from './outage';

/** Hears how the store does. */
export interface StoreObserver {
  /** The store did not decide a request. */
  storeFailed(failure: StoreFailure): void;
  /** The store took this long to decide a request, or to fail. */
  storeTook(milliseconds: number): void;
}

/** Decides requests by reserved blocks, the deny cache, the store or the outage policy. It knows nothing of HTTP. */
export class Limiter {
  constructor(
    readonly store: Store,
    readonly outage: OutagePolicy,
    readonly denials: DenyCache,
    readonly observer: StoreObserver,
  ) {}

  /**
   * Gives a promise only when the store has to be asked. The promise never rejects.
   *
   * @param blocks the blocks that may admit the request; missing when none may.
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
        this.denials.note(request, decision);
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

  /** Gives back part of an admitted request's charge, to the buckets that were charged. Never rejects. */
  async refund(client: string, amount: number, decision: Decision): Promise<void> {
    this.denials.forget(client);
    if (decision.by === 'memory') {
      this.outage.refund(client, amount, decision);
      return;
    }
    try {
      await this.store.refund(client, amount, decision.buckets, decision.counters);
    } catch (error) {
      // The client stays charged for a window at most: the safe side.
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.observer.storeFailed(error instanceof StoreUnavailableError ? error.failure : 'error');
  }
}
