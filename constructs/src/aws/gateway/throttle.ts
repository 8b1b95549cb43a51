import type { Policy, Route } from '@portcullis/runtime/policy';

/** A token bucket of API Gateway: `rate` requests a second, `burst` at once. */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

/**
 * What all clients together may send to one route: as much as `busyClients` of the largest tier, each at its
 * limit. A coarse shield, so it never refuses what the tiers of that many clients allow; the limiter behind it
 * counts by client and by cost. A gateway knows one rate and one burst: the largest of any tier.
 */
export function throttle({ tiers }: Policy, { cost }: Pick<Route, 'cost'>, busyClients: number): Throttle {
  const all = Object.values(tiers).map((windows) => ({
    rate: Math.min(...windows.map(({ limit, windowSeconds }) => limit / windowSeconds)),
    burst: Math.min(...windows.map(({ limit }) => limit)),
  }));
  // A call that costs nothing is limited by nobody else: it gets what one of cost 1 would.
  const share = (most: number): number => Math.ceil((busyClients * most) / Math.max(cost, 1));
  return {
    rate: share(Math.max(...all.map(({ rate }) => rate))),
    burst: share(Math.max(...all.map(({ burst }) => burst))),
  };
}
