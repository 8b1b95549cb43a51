/** What a policy says that a client's limits are, as its answers have to state them. */
import type { Limit, Policy, Route } from '@portcullis/runtime/policy';

export const ANONYMOUS = 'anonymous';

/** A limit that answers state. */
export interface StatedLimit {
  readonly quota: number;
  readonly windowSeconds: number;
  /** Whether nobody else spends of it than the client: it is not counted by something that many may share. */
  readonly isOwn: boolean;
  /** Whether it belongs to the route alone: other routes' calls take nothing of it. */
  readonly ofRoute: boolean;
}

/** The limits that a call of a route can be refused by; none where it is not counted, or everything is only tried. */
export function limitsFor(policy: Policy, tier: string, route: Route | undefined): readonly StatedLimit[] {
  if (route?.shadow === true) return [];
  if (route?.public === true && (!route.limit || tier !== ANONYMOUS)) return [];
  return [
    ...stated(policy.tiers[tier] ?? [], tier !== ANONYMOUS, false),
    ...stated(route?.limits ?? [], tier !== ANONYMOUS, true),
  ];
}

function stated(limits: readonly Limit[], hasToken: boolean, ofRoute: boolean): StatedLimit[] {
  return limits
    .filter(({ shadow }) => shadow !== true)
    .map(({ limit, windowSeconds, by = ['organisation'] }) => ({
      quota: limit,
      windowSeconds,
      isOwn: hasToken && by.every((key) => key === 'organisation' || key === 'user' || key === 'client'),
      ofRoute,
    }));
}

/** The tiers of callers with a token, the one that lets most through first. */
export function tiersBySize(policy: Policy): string[] {
  const rateOf = (tier: string): number =>
    Math.min(...limitsFor(policy, tier, undefined).map(({ quota, windowSeconds }) => quota / windowSeconds));
  return Object.keys(policy.tiers)
    .filter((tier) => tier !== ANONYMOUS)
    .sort((a, b) => rateOf(b) - rateOf(a));
}
