import type { Route } from '../../policy';
import { MemoryCounters } from '../store/memory-counters';
import type { Charge, Decision } from '../store/store';

/** What a route asks for while the store does not decide. */
export type OnStoreFailure = Route['onStoreFailure'];

/** What became of a request that the store did not decide. */
export type OutageOutcome = Decision | 'open' | 'closed';

/**
 * Decides while the store does not: `open` lets the request through, `closed` refuses it as unavailable,
 * `local` decides it in this process' memory, with the same algorithm and a share of each limit.
 *
 * What was spent before the outage is in the store, so a client starts the outage with its whole local
 * share: with P processes it gets, in the worst case, P × share of its limit on top of what it had. A share is
 * never less than what one call costs.
 */
export class OutagePolicy {
  readonly #memory: MemoryCounters;

  /** @param share of each limit that one process admits by itself, above 0 and up to 1. */
  constructor(
    windowsMs: readonly number[],
    readonly share: number,
    clock?: () => number,
  ) {
    this.#memory = new MemoryCounters(windowsMs, clock);
  }

  decide(request: Charge, policy: OnStoreFailure): OutageOutcome {
    if (policy !== 'local') return policy;
    // A call that fits its limit fits its share: alone, where it is dearer than that.
    const limits = request.limits.map((limit) =>
      Math.min(limit, Math.max(1, request.cost, Math.floor(limit * this.share))),
    );
    return this.#memory.decide({ ...request, limits });
  }

  refund(client: string, amount: number, { buckets, counters }: Decision): void {
    this.#memory.giveBack(client, amount, buckets, counters);
  }
}
