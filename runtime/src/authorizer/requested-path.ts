/** The paths that an event is about, held to what servers read alike. */
import { hasSlashInWildcard, isAmbiguousPath } from '../policy/ambiguous-path';
import type { HttpApiEvent, RequestEvent, TokenEvent } from './gateway-events';
import type { GatewayRoute } from './gateway-routes';

/**
 * Whether a server behind the gateway may read the path as another one than the policy does, as the app decides it
 * again. A REST API and payload 1.0 name the path in the method's ARN.
 */
export function asksAmbiguousPath(
  routes: readonly GatewayRoute[],
  event: TokenEvent | RequestEvent,
): boolean {
  const [, , method = '', ...segments] = event.methodArn.split('/');
  const told = event.type === 'REQUEST' ? event.path : undefined;
  const paths = [`/${segments.join('/')}`, told ?? '/'];
  const ofMethod = routes.filter(({ resources }) =>
    resources.some((resource) => resource.startsWith(`${method}/`)),
  );
  return paths.some((path) => isAmbiguousPath(path) || ofMethod.some((route) => holdsSlash(route, path)));
}

/** The same for payload 2.0, which names the route. */
export function asksAmbiguousRawPath(route: GatewayRoute | undefined, event: HttpApiEvent): boolean {
  const { rawPath = '', requestContext } = event;
  if (isAmbiguousPath(rawPath)) return true;
  const stage = `/${requestContext?.stage ?? '$default'}/`;
  const path = rawPath.startsWith(stage) ? rawPath.slice(stage.length - 1) : rawPath;
  return route !== undefined && holdsSlash(route, path);
}

function holdsSlash({ wildcards }: GatewayRoute, path: string): boolean {
  return wildcards !== undefined && hasSlashInWildcard(wildcards, path);
}
