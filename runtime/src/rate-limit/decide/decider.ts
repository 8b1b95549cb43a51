import type { Policy, Route } from '../../policy';
import type { Caller, CounterKeys } from '../client/counter-keys';
import type { Overrides } from '../options';
import type { ReservedBlocks } from '../reserved/reserved-blocks';
import type { Charge } from '../store/store';
import { callLimits, overriding, type CallLimits } from './call-limits';
import type { LimitPlan, TierPlan } from './limit-plan';
import type { Limiter } from './limiter';
import type { OutageOutcome } from './outage';

/** A call that is to be decided. */
export interface Call {
  readonly caller: Caller;
  /** The caller's organisation, as its token names it: it may have limits of its own. */
  readonly organisation?: string | undefined;
  /** @default the policy's default tier */
  readonly tier?: string | undefined;
  readonly cost: number;
  readonly route?: Route | undefined;
}

/** A call, the limits that it is held to, and what became of it. */
export interface Decided {
  readonly outcome: OutageOutcome;
  readonly limits: TierPlan;
  /** The hashed client that was charged. */
  readonly client: string;
  readonly cost: number;
}

export interface DeciderOptions {
  readonly policy: Policy;
  readonly plan: LimitPlan;
  readonly limiter: Limiter;
  readonly keys: CounterKeys;
  readonly overrides: Overrides | undefined;
  readonly blocks: ReservedBlocks | undefined;
  readonly isReservable: (tier: string, route: Route | undefined) => boolean;
}

/** Decides calls by the policy: whose they are, what they are held to, and whether they fit. It knows nothing of HTTP. */
export class Decider {
  readonly #limitsOf: CallLimits;
  readonly #overriding: (own: TierPlan, tier: TierPlan) => TierPlan;

  constructor(readonly options: DeciderOptions) {
    this.#limitsOf = callLimits(options.policy);
    this.#overriding = overriding(options.policy, options.plan);
  }

  /** Gives a promise only when the store has to be asked. The promise never rejects. */
  decide({ caller, organisation, tier, cost, route }: Call): Decided | Promise<Decided> {
    const { plan, limiter, keys, overrides, blocks, isReservable } = this.options;
    const ownTier = plan.tier(tier);
    const override = organisation === undefined ? undefined : overrides?.(organisation);
    const limits = this.#limitsOf(
      override === undefined ? ownTier : this.#overriding(override, ownTier),
      route,
    );
    const request: Charge = {
      ...(limits.counted === undefined ? { client: caller.name } : keys.of(limits.counted, caller)),
      cost,
      limits: limits.limits,
    };
    // Limits of an organisation's own are reserved as those of its tier are. Those in shadow are decided call by call.
    const mayReserve =
      blocks !== undefined &&
      (isReservable(limits.name, route) || isReservable(ownTier.name, route)) &&
      limits.tried.length === 0;
    // Where nothing is enforced nothing refuses, an outage of the store included.
    const stated = route?.onStoreFailure ?? 'local';
    const onStoreFailure = stated === 'closed' && limits.limited.length === 0 ? 'local' : stated;
    const outcome = limiter.decide(request, onStoreFailure, mayReserve ? blocks : undefined);
    const decided = (became: OutageOutcome): Decided => ({
      outcome: became,
      limits,
      client: request.client,
      cost,
    });
    return outcome instanceof Promise ? outcome.then(decided) : decided(outcome);
  }
}
