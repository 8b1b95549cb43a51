import type { PolicyStatement } from './gateway-events';
import type { GatewayRoute } from './gateway-routes';

/**
 * Every method that the scopes permit, and nothing of the request that asked: the gateway will use the answer for
 * the token's other requests too. A route is left out where the pattern of another one with the same effect says it.
 *
 * @param methodArn of that request; names the API and its stage.
 */
export function permissions(
  routes: readonly GatewayRoute[],
  scopes: readonly string[],
  methodArn: string,
): readonly PolicyStatement[] {
  const stage = methodArn.split('/', 2).join('/');
  const statement = (Effect: 'Allow' | 'Deny', found: readonly GatewayRoute[]): PolicyStatement[] => {
    const said = new Set(found.flatMap(({ takesIn }) => takesIn.map((index) => routes[index])));
    const named = found.filter((route) => !said.has(route));
    const Resource = named.flatMap(({ resources }) => resources.map((resource) => `${stage}/${resource}`));
    return Resource.length === 0 ? [] : [{ Action: 'execute-api:Invoke', Effect, Resource }];
  };

  const permitted = new Set(routes.filter((route) => route.scopes.every((scope) => scopes.includes(scope))));
  const takenIn = new Set(
    [...permitted].flatMap(({ alsoPermits }) => alsoPermits.map((index) => routes[index])),
  );
  const denied = routes.filter((route) => takenIn.has(route) && !permitted.has(route));
  if (permitted.size === 0) return statement('Deny', routes);
  return [...statement('Allow', [...permitted]), ...statement('Deny', denied)];
}
