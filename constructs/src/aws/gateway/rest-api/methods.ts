/** The policy's routes as a REST API has them: a tree of resources, and methods on some. */
import type { AuthorizerConfiguration } from '@portcullis/runtime/authorizer';
import type { Policy, Problem, Route } from '@portcullis/runtime/policy';
import { inexpressible } from '../http-api/routes';

export interface RestMethod {
  /** `GET`, `HEAD`… */
  readonly name: string;
  /** `/users/{id}`; `/` is the root. */
  readonly path: string;
  readonly route: Route;
}

/**
 * Every route of the policy under each of its methods and spellings. Under one resource there is room for one
 * parameter, so that the first route to name it names it for all.
 *
 * A REST API looks for a resource by the path alone: beside `GET /users/me`, a `PUT /users/{id}` is not found for
 * `/users/me`. So such a route is there under the other one's path too.
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
  return withCovered(methods);
}

/** Adds methods until none is covered by another route's resource. */
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
  // What was added may cover others.
  return found.length === methods.length ? found : withCovered(found);
}

/** The path with each of its parameters taken for the texts that are beside it in the tree. */
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

/** The resources right below another one that are no parameters. */
function textsBelow(parent: string, tree: readonly string[]): string[] {
  return tree.filter((path) => {
    const end = path.lastIndexOf('/');
    return path.slice(0, end) === parent && path[end + 1] !== '{';
  });
}

/** The resources that methods need, parents first, without the root: that one is there. */
export function restResources(methods: readonly RestMethod[]): string[] {
  const paths = methods.flatMap(({ path }) =>
    segments(path).map((_, index, all) => `/${all.slice(0, index + 1).join('/')}`),
  );
  return [...new Set(paths)];
}

export function restInexpressible(policy: Policy, configuration: AuthorizerConfiguration): Problem[] {
  const spelled = configuration.routes.flatMap(({ routeKeys }) =>
    routeKeys.map((key) => segments(key.slice(key.indexOf(' ') + 1))),
  );
  // A wildcard's parent, and whatever else is right below it.
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
