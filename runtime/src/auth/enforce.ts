import type { RequestHandler } from 'express';
import { routeOf } from '../http/route-of';
import type { Policy } from '../policy';
import { challenge, refuseForbidden, refuseScope } from './challenge';

/**
 * Holds every request to the policy's route for it: all of the route's scopes, or 403
 * `insufficient_scope` with `required` and `granted`. What the policy does not list is denied, 403
 * `forbidden`. Mount it after `requireAuth()`.
 *
 * @example
 * app.use(enforce(policy));
 */
export function enforce(policy: Policy): RequestHandler {
  return (req, res, next) => {
    const route = routeOf(policy, req);
    if (!route) refuseForbidden(res, 'The policy of this API does not list this route');
    else if (route.public) next();
    else if (!req.auth) challenge(res);
    else if (!grantsAll(req.auth.scopes, route.scopes)) refuseScope(res, route.scopes, req.auth.scopes);
    else next();
  };
}

function grantsAll(granted: readonly string[], required: readonly string[]): boolean {
  return required.every((scope) => granted.includes(scope));
}
