import type { Policy, Route } from '@portcullis/runtime/policy';

/** The routes of a policy as a gateway names them, HEAD beside each GET: `GET /users/{id}`. */
export function routesByKey({ routes }: Policy): Map<string, Route> {
  return new Map(
    routes.flatMap((route) =>
      (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]).map((method) => [
        `${method} ${route.path.replace(/:(\w+)/g, '{$1}')}`,
        route,
      ]),
    ),
  );
}

/** What a gateway lets through of a route: so many clients of the largest tier, each at its limit. */
export function shield({ tiers }: Policy, busyClients: number, cost = 1): { rate: number; burst: number } {
  const [{ limit, windowSeconds } = { limit: NaN, windowSeconds: NaN }] = tiers.enterprise ?? [];
  const clients = busyClients / Math.max(cost, 1);
  return { rate: Math.ceil((clients * limit) / windowSeconds), burst: Math.ceil(clients * limit) };
}
