import { z } from 'zod';
import type { Cors } from './cors';
import { PolicyError, toProblems, type Problem } from './errors';
import { ANONYMOUS_TIER, enforced, type Limit } from './limit';
import { limitsOf, repeatedLimits, tierLimits } from './limits';
import { compilePattern, patternsOverlap } from './route-pattern';
import { policySchema, type ParsedPolicy, type PolicyInput } from './schema';

/** A route of a {@link Policy}, with its defaults. */
export interface Route {
  /** HTTP method, in capital letters. HEAD is GET. */
  readonly method: string;
  /** In Express 5 path syntax. */
  readonly path: string;
  /** Scopes that a token needs, all of them. */
  readonly scopes: readonly string[];
  /** What a call takes from the client's limits. */
  readonly cost: number;
  /** What happens to calls while the rate-limit store does not answer. */
  readonly onStoreFailure: 'open' | 'closed' | 'local';
  /** Whether calls are answered 503 while it is not known what was revoked. */
  readonly sensitive: boolean;
  /** Whether it is open to calls without a token. */
  readonly public: boolean;
  /** Limits of this route alone, beside those of the caller's tier. Missing if it has none. */
  readonly limits?: readonly Limit[];
  /** Set if no limit refuses calls of this route. Missing if limits are enforced. */
  readonly shadow?: true;
  /** Whether calls are counted. `false` for public routes only. */
  readonly limit: boolean;
}

/** A validated, deeply frozen policy. Made by `definePolicy()` only. */
export interface Policy {
  /** Name of the API. */
  readonly name: string;
  /** The exact `iss` of access tokens. */
  readonly issuer: string;
  /** What the `aud` of access tokens has to name. */
  readonly audience: string;
  /** The limits of each tier, by its name. */
  readonly tiers: Readonly<Record<string, readonly Limit[]>>;
  /** The tier of callers whose token names none of these. */
  readonly defaultTier: string;
  /** Every route of the API. */
  readonly routes: readonly Route[];
  /** How long things live, in seconds. */
  readonly lifetimes: {
    readonly accessTokenSeconds: number;
    readonly credentialSeconds: number;
    readonly rotateAtSeconds: number;
    readonly sessionSeconds: number;
  };
  /** What clients of the default tier are shown when they are refused by a limit. */
  readonly upgradeUrl?: string;
  /** The pages of other origins that may call the API. Missing if there are none. */
  readonly cors?: Cors;
  /**
   * The route of a request, matched as Express' router matches it. HEAD is matched as GET.
   *
   * @param rawPath the path as it was sent: still percent-encoded, without the query.
   * @returns `undefined` if the policy does not list it: such a call is denied.
   */
  readonly match: (method: string, rawPath: string) => Route | undefined;
}

/** Accepts what `definePolicy()` returned, for functions that take a policy among their options. */
export const definedPolicy = z.custom<Policy>(
  (value) => typeof (value as Policy | undefined)?.match === 'function',
  { error: 'expected what definePolicy() returns' },
);

/** As the `definePolicy()` of the package. */
export function definePolicy(input: PolicyInput): Policy {
  const parsed = policySchema.safeParse(input);
  if (!parsed.success) throw new PolicyError(parsed.error.issues.flatMap(toProblems));

  const problems = crossChecks(parsed.data);
  if (problems.length > 0) throw new PolicyError(problems);
  return deepFreeze(toPolicy(parsed.data));
}

function toPolicy(parsed: ParsedPolicy): Policy {
  const { tiers, lifetimes, upgradeUrl, cors, ...rest } = parsed;
  const routes = parsed.routes.map(toRoute);
  return {
    ...rest,
    ...(upgradeUrl !== undefined && { upgradeUrl }),
    ...(cors !== undefined && { cors: corsOf(cors) }),
    tiers: Object.fromEntries(Object.entries(tiers).map(([name, tier]) => [name, tierLimits(tier)])),
    routes,
    lifetimes: {
      accessTokenSeconds: lifetimes.accessToken,
      credentialSeconds: lifetimes.credential,
      rotateAtSeconds: lifetimes.rotateAt,
      sessionSeconds: lifetimes.session,
    },
    match: compileRoutes(routes),
  };
}

function toRoute({ limits, shadow, ...route }: ParsedPolicy['routes'][number]): Route {
  return {
    ...route,
    ...(limits !== undefined && { limits: limitsOf(limits, shadow) }),
    ...(shadow === true && { shadow }),
  };
}

function corsOf({ maxAge, ...rest }: NonNullable<ParsedPolicy['cors']>): Cors {
  return { ...rest, maxAgeSeconds: maxAge };
}

function compileRoutes(routes: readonly Route[]): Policy['match'] {
  const compiled = routes.map((route) => ({ route, matches: compilePattern(route.path) }));
  return (method, rawPath) => {
    const routed = method === 'HEAD' ? 'GET' : method;
    return compiled.find(({ route, matches }) => route.method === routed && matches(rawPath))?.route;
  };
}

/** Checks what several parts of the policy say together. */
function crossChecks(policy: ParsedPolicy): Problem[] {
  return [
    ...overlappingRoutes(policy),
    ...costsThatNeverFit(policy),
    ...repeatedLimits(policy),
    ...routesOfPreflights(policy),
  ];
}

/** A browser's preflight and a call of such a route are the same request. */
function routesOfPreflights({ cors, routes }: ParsedPolicy): Problem[] {
  return routes.flatMap(({ method }, index) =>
    cors !== undefined && method === 'OPTIONS'
      ? [
          {
            path: `routes[${index}].method`,
            message: 'received OPTIONS, which `cors` answers for every path; leave one of them out',
          },
        ]
      : [],
  );
}

function overlappingRoutes({ routes }: ParsedPolicy): Problem[] {
  return routes.flatMap((route, index) =>
    routes.slice(0, index).flatMap((earlier, earlierIndex) =>
      earlier.method === route.method && patternsOverlap(earlier.path, route.path)
        ? [
            {
              path: `routes[${index}].path`,
              message: `overlaps routes[${earlierIndex}] (${earlier.method} ${earlier.path}): a request could be either; make them distinct`,
            },
          ]
        : [],
    ),
  );
}

function costsThatNeverFit({ routes, tiers }: ParsedPolicy): Problem[] {
  const { [ANONYMOUS_TIER]: anonymous, ...others } = tiers;
  const withToken = smallestOf(Object.values(others).flatMap(tierLimits));
  const withoutToken = anonymous === undefined ? withToken : smallestOf(tierLimits(anonymous));
  return routes.flatMap((parsed, index) => {
    const route = toRoute(parsed);
    const smallest = route.public ? withoutToken : withToken;
    const least = route.shadow ? Infinity : Math.min(smallest, smallestOf(route.limits ?? []));
    return route.cost > least
      ? [
          {
            path: `routes[${index}].cost`,
            message: `received ${route.cost}, above the smallest limit (${least}): the call could never be admitted`,
          },
        ]
      : [];
  });
}

function smallestOf(limits: readonly Limit[]): number {
  return Math.min(...enforced(limits).map(({ limit }) => limit));
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) deepFreeze(part as object);
  }
  return Object.freeze(value);
}
