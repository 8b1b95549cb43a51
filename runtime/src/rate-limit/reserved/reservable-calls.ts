import type { Policy, Route } from '../../policy';
import { routeNamed, type RouteKey } from '../decide/costs';

/** Calls that leased blocks may admit: those of a tier, and those of a route. */
export interface LeasedOptions {
  readonly tiers?: readonly string[];
  /** As `'GET /api/transactions'`. */
  readonly routes?: readonly RouteKey[];
}

/** Tells which calls leased blocks may admit. */
export function leasedCalls(
  policy: Policy,
  { tiers = [], routes = [] }: LeasedOptions,
): (tier: string, route: Route | undefined) => boolean {
  const leasedTiers = new Set(tiers);
  const leasedRoutes = new Set(routes.map((key) => routeNamed(policy, key)));
  return (tier, route) => leasedTiers.has(tier) || (route !== undefined && leasedRoutes.has(route));
}
