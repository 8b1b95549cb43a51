import type { Limit, Policy, Route } from '../../policy';
import { OncePerPair } from '../once-per-pair';
import { layOut, windowsBy, type LimitPlan, type RouteLimits, type TierPlan } from './limit-plan';

/** Gives the limits that a call is held to: those of its caller's tier, and of its route. */
export type CallLimits = (tier: TierPlan, route: Route | undefined) => TierPlan;

/** Each is laid out once: blocks and denials are kept for the very limits that they were decided by. */
export function callLimits(policy: Pick<Policy, 'tiers' | 'routes'>): CallLimits {
  const windows = windowsBy(Object.values(policy.tiers).flat());
  const own = new Map<Route, RouteLimits>();
  for (const route of policy.routes)
    if (route.limits !== undefined || route.shadow === true) own.set(route, limitsOfRoute(route));
  const laidOut = new OncePerPair<TierPlan, Route, TierPlan>();
  return (tier, route) => {
    const limits = route === undefined || own.size === 0 ? undefined : own.get(route);
    if (route === undefined || limits === undefined) return tier;
    return laidOut.get(tier, route, () => layOut(tier.name, tier.stated, windows, limits));
  };
}

function limitsOfRoute({ method, path, limits = [], shadow }: Route): RouteLimits {
  return { name: `${method} ${path}`, limits, shadow: shadow === true };
}

/**
 * The limits of an organisation that has its own: they stand for its tier's by organisation. Those by user, client and the
 * like stay its tier's.
 */
export function overriding(
  policy: Pick<Policy, 'tiers'>,
  plan: LimitPlan,
): (own: TierPlan, tier: TierPlan) => TierPlan {
  const windows = windowsBy(Object.values(policy.tiers).flat());
  const laidOut = new OncePerPair<TierPlan, TierPlan, TierPlan>();
  return (own, tier) => {
    const others = tier.stated.filter(({ by }: Limit) => by !== undefined);
    if (others.length === 0 || plan.tier(own.name) === own) return own;
    return laidOut.get(own, tier, () => layOut(own.name, [...own.stated, ...others], windows));
  };
}

/** Every layout that a call of this policy may be held to, with where the policy states it. */
export function allCallLimits(
  policy: Pick<Policy, 'tiers' | 'routes'>,
  plan: LimitPlan,
): { readonly path: string; readonly limits: TierPlan }[] {
  const limitsOf = callLimits(policy);
  return Object.keys(policy.tiers).flatMap((name) => {
    const tier = plan.tier(name);
    return [
      { path: `policy.tiers.${name}`, limits: tier },
      ...policy.routes.flatMap((route, index) => {
        const limits = limitsOf(tier, route);
        return limits === tier ? [] : [{ path: `policy.routes[${index}].limits`, limits }];
      }),
    ];
  });
}
