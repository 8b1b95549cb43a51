import type { Request } from '../../peer-types';
import type { IncomingMessage } from 'node:http';
import { withCode } from '../../coded-message';
import { unawaited } from '../../listener';
import type { Policy, Route } from '../../policy';

/** A route of the policy, such as `'POST /api/transactions/export'`. */
export type RouteKey = `${string} /${string}`;

/**
 * Gives what one call costs, before its work starts: a number, 0 or more; fractions are rounded up. The request's body is
 * not parsed yet, unless a parser is mounted before.
 */
export type CostFunction = (req: Request) => number;

/** A cost function threw, or returned something that is no cost. The call was charged its route's fixed cost. */
export class CostFunctionError extends Error {
  override readonly name = 'CostFunctionError';
  readonly code = 'ERR_COST_FUNCTION';

  constructor(message: string, options?: ErrorOptions) {
    super(withCode('ERR_COST_FUNCTION', message), options);
  }
}

/** The cost of a call to a route that the policy does not list. It is counted first, and denied after that. */
const UNLISTED = 1;

/** Gives the function that prices requests: by the app's functions first, by the policy's fixed costs otherwise. */
export function costsOf(
  policy: Policy,
  functions: Readonly<Record<RouteKey, CostFunction>>,
): (route: Route | undefined, req: IncomingMessage) => number {
  const byRoute = new Map<Route, CostFunction>();
  for (const [key, cost] of Object.entries(functions)) {
    const route = routeNamed(policy, key);
    if (route !== undefined) byRoute.set(route, cost);
  }
  return (route, req) => {
    if (route === undefined) return UNLISTED;
    const cost = byRoute.size === 0 ? undefined : byRoute.get(route);
    return cost === undefined ? route.cost : evaluate(cost, req);
  };
}

/** The policy's route with this method and path. */
export function routeNamed(policy: Policy, key: string): Route | undefined {
  return policy.routes.find(({ method, path }) => `${method} ${path}` === key);
}

function evaluate(cost: CostFunction, req: IncomingMessage): number {
  let value: unknown;
  try {
    value = cost(req as Request);
  } catch (cause) {
    throw new CostFunctionError('the cost function of this route threw', { cause });
  }
  unawaited(value);
  if (typeof value !== 'number' || !(value >= 0))
    throw new CostFunctionError(`the cost function of this route gave ${String(value)}; expected 0 or more`);
  return Math.min(Math.ceil(value), Number.MAX_SAFE_INTEGER);
}
