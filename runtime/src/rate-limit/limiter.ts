import type { DenyCache } from './deny-cache';
import { StoreUnavailableError, type StoreFailure } from './guarded-redis';
import type { OnStoreFailure, OutageOutcome, OutagePolicy } from './outage';
import type { Charge, Decision, Store } from './store';

/** Decides requests: from the deny cache, from the store, or by the outage policy. No HTTP in here. */
export class Limiter {
  /**
   * @param onFailure told of each request that the store did not decide.
   */
  constructor(
    readonly store: Store,
    readonly outage: OutagePolicy,
    readonly denials: DenyCache,
    readonly onFailure: (failure: StoreFailure) => void,
  ) {}

  /** Answers at once where nothing has to be asked. Never rejects. */
  decide(request: Charge, policy: OnStoreFailure): OutageOutcome | Promise<OutageOutcome> {
    const denied = this.denials.find(request);
    if (denied !== undefined) return denied;
    return this.store.charge(request).then(
      (decision) => {
        if (!decision.allowed) this.denials.note(request, decision);
        return decision;
      },
      (error: unknown) => {
        this.onFailure(error instanceof StoreUnavailableError ? error.failure : 'error');
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
      this.onFailure(error instanceof StoreUnavailableError ? error.failure : 'error');
    }
  }
}
