import { enforced, type Limit, type Policy, type Route } from '@portcullis/runtime/policy';
import { dividedUp, least, times } from '../../core/props/later';

/**
 * A token bucket of API Gateway: `rate` requests a second, `burst` at once.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

/** More than any account has: no throttle. */
const UNBOUNDED = 2 ** 31 - 1;

/**
 * The limits of each tier that bound a client as a whole, whatever users, networks and routes are behind it. A tier whose
 * limits are all in shadow, or all counted by something else, has none.
 */
export function clientLimits({ tiers }: Policy): readonly (readonly Limit[])[] {
  return Object.values(tiers).map((limits) => enforced(limits).filter(({ by }) => by === undefined));
}

/**
 * What all clients together may send to one route: as much as `busyClients` clients of the largest tier, each at its
 * limit. It is a coarse shield, and never refuses what the tiers of that many clients allow. The limiter behind it
 * counts by client and by cost. A gateway takes one rate and one burst: here the largest of any tier.
 */
export function throttle(
  policy: Policy,
  { cost, shadow }: Pick<Route, 'cost' | 'shadow'>,
  busyClients: number,
): Throttle {
  const all = clientLimits(policy).map((limits) => ({
    rate: Math.min(...limits.map(({ limit, windowSeconds }) => limit / windowSeconds)),
    burst: Math.min(...limits.map(({ limit }) => limit)),
  }));
  // The limiter does not count a call that costs nothing. The gateway throttles it like a call of cost 1.
  const share = (most: number): number =>
    shadow ? UNBOUNDED : least(UNBOUNDED, dividedUp(times(busyClients, most), Math.max(cost, 1)));
  return {
    rate: share(Math.max(...all.map(({ rate }) => rate))),
    burst: share(Math.max(...all.map(({ burst }) => burst))),
  };
}
