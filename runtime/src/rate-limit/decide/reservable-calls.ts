import type { Policy, Route } from '../../policy';
import { routeNamed, type RouteKey } from './costs';

/** The calls that reserved blocks may admit: those of these tiers, and those of these routes. */
export interface ReservedOptions {
  readonly tiers?: readonly string[];
  /** Such as `'GET /api/transactions'`. */
  readonly routes?: readonly RouteKey[];
}

/** Tells which calls reserved blocks may admit. */
export function reservableCalls(
  policy: Policy,
  { tiers = [], routes = [] }: ReservedOptions = {},
): (tier: string, route: Route | undefined) => boolean {
  const reservableTiers = new Set(tiers);
  const reservableRoutes = new Set(routes.map((key) => routeNamed(policy, key)));
  return (tier, route) => reservableTiers.has(tier) || (route !== undefined && reservableRoutes.has(route));
}
