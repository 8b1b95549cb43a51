/** The routes that the text of an entry shows. Those of routers that it mounts stand elsewhere, and are not seen. */
import { definePolicy, type PolicyInput } from '@portcullis/runtime/policy';

export interface FoundRoute {
  readonly method: string;
  readonly path: string;
}

export interface FoundRoutes {
  readonly routes: readonly FoundRoute[];
  /** What looks like a route, and is none that a policy can have. */
  readonly skipped: readonly FoundRoute[];
}

/** Nothing in the path ends a string or a line of what is written. */
const ROUTE = /\.(get|post|put|patch|delete)\(\s*(['"`])(\/[^'"`\\$\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*)\2/gu;

export function routesIn(source: string): FoundRoutes {
  const all = [...source.matchAll(ROUTE)].map(([, method = '', , path = '']) => ({
    method: method.toUpperCase(),
    path: path.length > 1 ? path.replace(/\/$/, '') : path,
  }));
  const keys = all.map(({ method, path }) => `${method} ${path}`);
  const found = all.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
  if (isPolicy(found)) return { routes: found, skipped: [] };
  const routes: FoundRoute[] = [];
  const skipped: FoundRoute[] = [];
  for (const route of found) (isPolicy([...routes, route]) ? routes : skipped).push(route);
  return { routes, skipped };
}

/** The policy itself says what it takes. */
function isPolicy(routes: readonly FoundRoute[]): boolean {
  try {
    definePolicy({
      name: 'found',
      issuer: 'https://auth.example.com',
      audience: 'found',
      tiers: { free: [{ limit: 1, window: '1m' }] },
      defaultTier: 'free',
      routes: routes as PolicyInput['routes'],
    });
    return true;
  } catch {
    return false;
  }
}
