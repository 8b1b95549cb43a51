/** The policy's routes as a REST API has them: a tree of resources, and methods on some. */
import type { AuthorizerConfiguration } from '@portcullis/runtime/authorizer';
import type { Policy, Problem, Route } from '@portcullis/runtime/policy';
import { inexpressible } from './http-routes';

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
  return policy.routes.flatMap((route, index) =>
    (routes[index]?.routeKeys ?? []).map((key) => {
      const [name = '', path = ''] = key.split(' ');
      return { name, path: respelled(path), route };
    }),
  );
}

/** The resources that methods need, parents first, without the root: that one is there. */
export function restResources(methods: readonly RestMethod[]): string[] {
  const paths = methods.flatMap(({ path }) =>
    segments(path).map((_, index, all) => `/${all.slice(0, index + 1).join('/')}`),
  );
  return [...new Set(paths)];
}

export function restInexpressible(policy: Policy, configuration: AuthorizerConfiguration): Problem[] {
  const takesRest = new Map<string, boolean>();
  const siblings = policy.routes.flatMap(({ path }, index) => {
    const clash = (configuration.routes[index]?.routeKeys ?? []).some((key) =>
      segments(key.slice(key.indexOf(' ') + 1)).some((segment, place, all) => {
        if (!segment.startsWith('{')) return false;
        const parent = all.slice(0, place).map(anonymous).join('/');
        const rest = segment.endsWith('+}');
        const before = takesRest.get(parent) ?? rest;
        takesRest.set(parent, before);
        return before !== rest;
      }),
    );
    return clash
      ? [
          {
            path: `policy.routes[${index}].path`,
            message: `received ${JSON.stringify(path)}, a parameter beside another route's wildcard: a REST API has room for one of them; rename a segment`,
          },
        ]
      : [];
  });
  return [...inexpressible(policy, configuration), ...siblings];
}

const anonymous = (segment: string): string => (segment.startsWith('{') ? '{}' : segment);

export const segments = (path: string): string[] => path.split('/').filter((segment) => segment !== '');
