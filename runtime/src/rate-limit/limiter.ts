import type { DenyCache } from './deny-cache';
import { StoreUnavailableError, type StoreFailure } from './guarded-redis';
import type { Leases } from './leases';
import type { OnStoreFailure, OutageOutcome, OutagePolicy } from './outage';
import type { Charge, Decision, Store } from './store';

/** Decides requests: from leased blocks, the deny cache, the store, or by the outage policy. No HTTP in here. */
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

  /**
   * Answers at once where nothing has to be asked. Never rejects.
   *
   * @param leases where the request may be admitted from a leased block.
   */
  decide(
    request: Charge,
    policy: OnStoreFailure,
    leases?: Leases,
  ): OutageOutcome | Promise<OutageOutcome> {
    const decided = leases?.spend(request) ?? this.denials.find(request);
    if (decided !== undefined) return decided;
    return this.store.charge(request).then(
      (decision) => {
        if (!decision.allowed) this.denials.note(request, decision);
        leases?.decided(request, decision);
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
