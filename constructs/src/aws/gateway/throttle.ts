import type { Policy, Route } from '@portcullis/runtime/policy';

/**
 * A token bucket of API Gateway: `rate` requests a second, `burst` at once.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

/**
 * What all clients together may send to one route: as much as `busyClients` clients of the largest tier, each at its
 * limit. It is a coarse shield, and never refuses what the tiers of that many clients allow. The limiter behind it
 * counts by client and by cost. A gateway takes one rate and one burst: here the largest of any tier.
 */
export function throttle({ tiers }: Policy, { cost }: Pick<Route, 'cost'>, busyClients: number): Throttle {
  const all = Object.values(tiers).map((windows) => ({
    rate: Math.min(...windows.map(({ limit, windowSeconds }) => limit / windowSeconds)),
    burst: Math.min(...windows.map(({ limit }) => limit)),
  }));
  // The limiter does not count a call that costs nothing. The gateway throttles it like a call of cost 1.
  const share = (most: number): number => Math.ceil((busyClients * most) / Math.max(cost, 1));
  return {
    rate: share(Math.max(...all.map(({ rate }) => rate))),
    burst: share(Math.max(...all.map(({ burst }) => burst))),
  };
}
