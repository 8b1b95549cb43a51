import type { Route } from '../../policy';
import type { Refunds } from '../answer/request-info';
import { NETWORKS_AT_A_SITE, networksOf } from '../client/client-address';
import type { ClientNames } from '../client/client-names';
import type { Decided, Decider } from '../decide/decider';
import { widened, type LimitPlan, type TierPlan } from '../decide/limit-plan';
import type { Limiter } from '../decide/limiter';

/** What is counted by network, each by itself: calls, and what failed to authenticate. */
export type NetworkCount = 'network' | 'failed-authentication';

/** What is charged to a network. */
export interface NetworkCall {
  readonly count: NetworkCount;
  readonly cost: number;
  readonly route?: Route | undefined;
  /** What the function of this name says of the caller. */
  readonly value: (name: string) => string | undefined;
}

/** What became of it. */
export interface NetworkDecision extends Refunds {
  readonly decided: Decided;
}

export interface NetworkLimitParts {
  readonly decider: Decider;
  readonly limiter: Limiter;
  readonly names: ClientNames;
  readonly plan: LimitPlan;
  /** The tier of callers without a token. */
  readonly tier: TierPlan;
}

/**
 * Counts calls by their network. The /48 that an IPv6 network is a part of has room for sixteen that are at their limit: who
 * holds all of it cannot take a new network for each call.
 */
export class NetworkLimit {
  readonly #siteLimits: TierPlan | undefined;

  constructor(readonly parts: NetworkLimitParts) {
    this.#siteLimits = widened(parts.tier, NETWORKS_AT_A_SITE, parts.plan.windowsMs);
  }

  /** Charges the network of this address. Never rejects. */
  async charge(address: string, call: NetworkCall): Promise<NetworkDecision> {
    const { limiter, names } = this.parts;
    const { network, site } = networksOf(address);
    const own = await this.chargeOne(names.of(call.count, network), network, call);
    if (site === undefined || this.#siteLimits === undefined || !isAdmitted(own)) return own;
    // One after the other: a network at its limit must not fill the site's.
    const shared = await this.#chargeSite(names.of(call.count, site), this.#siteLimits, call);
    if (!isAdmitted(shared)) {
      await giveBack(limiter, own, call.cost);
      return shared;
    }
    const refund = async (_client: string, amount: number): Promise<void> => {
      await Promise.all([own, shared].map((one) => giveBack(limiter, one, amount)));
    };
    return { ...own, refund };
  }

  /** Charges whoever has this name, with a network's limits. Never rejects. */
  async chargeOne(
    name: string,
    network: string | undefined,
    { cost, route, value }: NetworkCall,
  ): Promise<NetworkDecision> {
    const { decider, limiter, tier } = this.parts;
    const caller = { name, network: () => network, value };
    const decided = await decider.decide({ caller, tier: tier.name, cost, route });
    return { decided, refund: limiter.refund.bind(limiter) };
  }

  async #chargeSite(
    client: string,
    limits: TierPlan,
    { cost, route }: NetworkCall,
  ): Promise<NetworkDecision> {
    const { limiter } = this.parts;
    const request = { client, cost, limits: limits.limits };
    const outcome = await limiter.decide(request, route?.onStoreFailure ?? 'local');
    return { decided: { outcome, limits, client, cost }, refund: limiter.refund.bind(limiter) };
  }
}

function isAdmitted({ decided: { outcome } }: NetworkDecision): boolean {
  return typeof outcome === 'object' ? outcome.allowed : outcome === 'open';
}

async function giveBack(limiter: Limiter, { decided }: NetworkDecision, amount: number): Promise<void> {
  const { client, outcome } = decided;
  if (typeof outcome === 'object') await limiter.refund(client, amount, outcome);
}
