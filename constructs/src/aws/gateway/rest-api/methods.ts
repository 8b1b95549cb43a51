/** The policy's routes as a REST API has them: a tree of resources, some of which have methods. */
import type { AuthorizerConfiguration } from '@portcullis/runtime/authorizer';
import type { Policy, Problem, Route } from '@portcullis/runtime/policy';
import { inexpressible } from '../http-api/routes';

export interface RestMethod {
  /** As in `GET` or `HEAD`. */
  readonly name: string;
  /** As in `/users/{id}`; `/` is the root. */
  readonly path: string;
  readonly route: Route;
}

/**
 * Every route of the policy, by each of its methods and spellings. A resource has room for one parameter below it: the
 * first route names it for all routes.
 *
 * A REST API looks for a resource by the path alone. Beside `GET /users/me` it does not find `PUT /users/{id}` for
 * `/users/me`. So such a route gets a method at the other route's path too.
 */
export function restMethods(policy: Policy, { routes }: AuthorizerConfiguration): RestMethod[] {
  const parameters = new Map<string, string>();
  const respelled = (path: string): string =>
    segments(path).reduce((parent, segment) => {
      if (!segment.startsWith('{')) return `${parent}/${segment}`;
      const first = parameters.get(parent) ?? segment;
      parameters.set(parent, first);
      return `${parent}/${first}`;
    }, '') || '/';
  const methods = policy.routes.flatMap((route, index) =>
    (routes[index]?.routeKeys ?? []).map((key) => {
      const [name = '', path = ''] = key.split(' ');
      return { name, path: respelled(path), route };
    }),
  );
  return withPreflights(policy, withCovered(methods));
}

/** A browser's preflight brings no token. The app answers it, for it knows each origin. */
function withPreflights({ cors }: Policy, methods: readonly RestMethod[]): RestMethod[] {
  if (cors === undefined) return [...methods];
  const byPath = new Map(methods.map(({ path, route }) => [path, route]));
  const preflights = [...byPath].map(([path, route]) => ({
    name: 'OPTIONS',
    path,
    route: { ...route, method: 'OPTIONS', scopes: [], public: true },
  }));
  return [...methods, ...preflights];
}

/** Adds methods until no route is hidden by the resource of another route. */
function withCovered(methods: readonly RestMethod[]): RestMethod[] {
  const all = new Map(methods.map((method) => [`${method.name} ${method.path}`, method]));
  const tree = restResources(methods);
  for (const { name, path, route } of methods) {
    for (const other of covered(path, tree)) {
      const key = `${name} ${other}`;
      if (!all.has(key)) all.set(key, { name, path: other, route });
    }
  }
  const found = [...all.values()];
  // An added method may hide others.
  return found.length === methods.length ? found : withCovered(found);
}

/** The path with each parameter replaced by each of the texts that stand beside it in the tree. */
function covered(path: string, tree: readonly string[]): string[] {
  const paths = segments(path).reduce<string[]>(
    (parents, segment) =>
      parents.flatMap((parent) => [
        `${parent}/${segment}`,
        ...(segment.startsWith('{') ? textsBelow(parent, tree) : []),
      ]),
    [''],
  );
  return paths.filter((other) => other !== '');
}

/** The resources right below `parent` that are texts, not parameters. */
function textsBelow(parent: string, tree: readonly string[]): string[] {
  return tree.filter((path) => {
    const end = path.lastIndexOf('/');
    return path.slice(0, end) === parent && path[end + 1] !== '{';
  });
}

/** The resources that methods need, parents first. The root is not among them: every API has it. */
export function restResources(methods: readonly RestMethod[]): string[] {
  const paths = methods.flatMap(({ path }) =>
    segments(path).map((_, index, all) => `/${all.slice(0, index + 1).join('/')}`),
  );
  return [...new Set(paths)];
}

/** The routes that a REST API cannot express. */
export function restInexpressible(policy: Policy, configuration: AuthorizerConfiguration): Problem[] {
  const spelled = configuration.routes.flatMap(({ routeKeys }) =>
    routeKeys.map((key) => segments(key.slice(key.indexOf(' ') + 1))),
  );
  // Whether another resource stands beside the wildcard.
  const crowded = (wildcard: readonly string[]): boolean =>
    spelled.some(
      (other) =>
        other.length >= wildcard.length &&
        !other[wildcard.length - 1]?.endsWith('+}') &&
        wildcard.slice(0, -1).every((segment, place) => anonymous(segment) === anonymous(other[place] ?? '')),
    );
  const problems = policy.routes.flatMap(({ path }, index) =>
    (configuration.routes[index]?.routeKeys ?? []).some(
      (key) => key.endsWith('+}') && crowded(segments(key.slice(key.indexOf(' ') + 1))),
    )
      ? [
          {
            path: `policy.routes[${index}].path`,
            message: `received ${JSON.stringify(path)}, a wildcard beside a segment of another route: a REST API looks no further than that one; rename a segment`,
          },
        ]
      : [],
  );
  return [...inexpressible(policy, configuration), ...problems];
}

const anonymous = (segment: string): string => (segment.startsWith('{') ? '{}' : segment);

export const segments = (path: string): string[] => path.split('/').filter((segment) => segment !== '');
