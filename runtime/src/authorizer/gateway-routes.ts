/**
 * The policy's routes in the words of API Gateway.
 *
 * An IAM policy knows one wildcard, `*`, which takes slashes too: what permits `/users/:id` also permits
 * `/users/7/orders`. Where that is another route, it is denied by name to those who may not call it.
 */
import { PolicyError, type Problem, type Route } from '../policy';
import type { Wildcards } from '../policy/ambiguous-path';
import { spellings, wildcardsOf, type PatternPart } from '../policy/route-pattern';
import { gatewayLimits } from './gateway-limits';
import { resourcesOf, withMethods } from './resources';
import { ANYTHING, ANYTHING_REPEATED, IN_SEGMENT, IN_SEGMENT_REPEATED, includes, meet } from './wildcards';

/** A route of the policy, as a gateway's event and an IAM policy name it. */
export interface GatewayRoute {
  readonly scopes: readonly string[];
  /** `GET/users/*`: the end of a method's ARN (REST API), for each method and spelling. */
  readonly resources: readonly string[];
  /** `GET /users/{id}`: the route keys of an HTTP API. */
  readonly routeKeys: readonly string[];
  /** The other routes, by their place in the list, that `resources` permits as well. */
  readonly alsoPermits: readonly number[];
  /** The other routes, by their place in the list, of which `resources` says all that theirs say. */
  readonly takesIn: readonly number[];
  /** Left out where the path has none. */
  readonly wildcards?: Wildcards;
}

/** @throws PolicyError if a gateway's wildcards cannot tell routes apart, or a path holds what IAM reads as one. */
export function gatewayRoutes(routes: readonly Route[]): readonly GatewayRoute[] {
  const alsoPermits = routes.map((route) =>
    routes.flatMap((other, index) => (other !== route && permitsToo(route, other) ? [index] : [])),
  );
  const problems = [
    ...tangled(alsoPermits),
    ...deniedWithAnother(routes, alsoPermits),
    ...readAsWildcards(routes),
    ...gatewayLimits(routes),
  ];
  if (problems.length > 0) throw new PolicyError(problems);

  const resources = routes.map(resourcesOf);
  const includedIn = (all: readonly string[]) => (own: readonly string[], index: number) =>
    own !== all && own.every((one) => all.some((pattern) => includes(pattern, one))) ? [index] : [];

  return routes.map((route, index) => ({
    scopes: route.scopes,
    resources: resources[index] ?? [],
    routeKeys: withMethods(route, spellings(route.path, routeKeyPart), ' '),
    alsoPermits: alsoPermits[index] ?? [],
    takesIn: resources.flatMap(includedIn(resources[index] ?? [])),
    ...(wildcardsOf(route.path).groups.length > 0 && { wildcards: wildcardsOf(route.path) }),
  }));
}

/** Routes that take each other in: to deny one would deny the other. */
function tangled(alsoPermits: readonly (readonly number[])[]): Problem[] {
  return alsoPermits.flatMap((others, index) =>
    others
      .filter((other) => other < index && alsoPermits[other]?.includes(index))
      .map((other) => ({
        path: `routes[${index}].path`,
        message: `a gateway’s wildcards cannot tell it from routes[${other}]; rename a segment of one`,
      })),
  );
}

/**
 * Routes that a denial hits by mistake. The wildcards of a permitted route take in a second one, which is denied by
 * name to callers who may not call it; and that denial's wildcards take in a third one, which those callers may call.
 */
function deniedWithAnother(routes: readonly Route[], alsoPermits: readonly (readonly number[])[]): Problem[] {
  const chains = alsoPermits.flatMap((takenIn, permitted) =>
    takenIn.flatMap((denied) => (alsoPermits[denied] ?? []).map((third) => ({ permitted, denied, third }))),
  );
  const problems = new Map<number, Problem>();
  for (const { permitted, denied, third } of chains) {
    const granted = [permitted, third].flatMap((index) => routes[index]?.scopes ?? []);
    const mayBeDenied = routes[denied]?.scopes.some((scope) => !granted.includes(scope)) === true;
    if (third === permitted || !mayBeDenied || problems.has(third)) continue;
    problems.set(third, {
      path: `routes[${third}].path`,
      message:
        `a gateway’s wildcards cannot permit it where routes[${permitted}] is permitted and ` +
        `routes[${denied}] is not; rename a segment of one`,
    });
  }
  return [...problems.values()];
}

function readAsWildcards(routes: readonly Route[]): Problem[] {
  const literal = (part: PatternPart): string => (part.type === 'text' ? part.value : '');
  return routes.flatMap(({ path }, index) =>
    spellings(path, literal).some((text) => /[*?]/.test(text))
      ? [{ path: `routes[${index}].path`, message: 'holds * or ?, which IAM reads as a wildcard; rename it' }]
      : [],
  );
}

function routeKeyPart(part: PatternPart): string {
  if (part.type === 'text') return part.value;
  return part.type === 'param' ? `{${part.name}}` : `{${part.name}+}`;
}

/** Whether what IAM permits for one route includes a request of the other. */
function permitsToo(route: Route, other: Route): boolean {
  if (route.method !== other.method) return false;
  const permitted = spellings(route.path, (part) => (part.type === 'text' ? part.value : ANYTHING_REPEATED));
  const requested = spellings(other.path, (part) => {
    if (part.type === 'text') return part.value;
    return part.type === 'param' ? IN_SEGMENT + IN_SEGMENT_REPEATED : ANYTHING + ANYTHING_REPEATED;
  });
  return permitted.some((a) => requested.some((b) => meet(a, b)));
}
