import type { Policy, Route } from '../policy';
import { routeNamed, type RouteKey } from './costs';

/** Calls that leased blocks may admit: those of a tier, and those of a route. */
export interface LeasedOptions {
  readonly tiers?: readonly string[];
  /** As `'GET /api/transactions'`. */
  readonly routes?: readonly RouteKey[];
}

/**
 * Tells which calls leased blocks may admit.
 *
 * @throws TypeError when a tier or route is not the policy's.
 */
export function leasedCalls(
  policy: Policy,
  { tiers = [], routes = [] }: LeasedOptions,
): (tier: string, route: Route | undefined) => boolean {
  const unknown = tiers.find((tier) => !Object.hasOwn(policy.tiers, tier));
  if (unknown !== undefined) {
    const known = Object.keys(policy.tiers).join(', ');
    throw new TypeError(`leased.tiers: received ${JSON.stringify(unknown)}; expected one of ${known}`);
  }
  const leasedTiers = new Set(tiers);
  const leasedRoutes = new Set(routes.map((key) => routeNamed(policy, key, 'leased.routes')));
  return (tier, route) => leasedTiers.has(tier) || (route !== undefined && leasedRoutes.has(route));
}
