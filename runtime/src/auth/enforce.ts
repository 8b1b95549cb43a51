import type { Middleware } from '../http/middleware';
import { refuseAmbiguousPath } from '../http/answer';
import { isAmbiguous, routeOf } from '../http/route-of';
import type { Policy } from '../policy';
import { callerOf } from './caller';
import { challenge, refuseForbidden, refuseScope } from './challenge';

/**
 * Holds every request to the policy's route for it: all of the route's scopes, or 403
 * `insufficient_scope` with `required` and `granted`. What the policy does not list is denied, 403
 * `forbidden`; a path that servers read differently (`/files/../admin`), 400. Mount it after `requireAuth()`.
 *
 * Its middleware throws ForeignAuthError where another library set `req.auth`.
 *
 * @example
 * app.use(enforce(policy));
 */
export function enforce(policy: Policy): Middleware {
  return (req, res, next) => {
    const route = routeOf(policy, req);
    if (isAmbiguous(req, route)) {
      refuseAmbiguousPath(res);
      return;
    }
    if (!route) {
      refuseForbidden(res, 'The policy of this API does not list this route');
      return;
    }
    if (route.public) {
      next();
      return;
    }
    const caller = callerOf(req, 'enforce()');
    if (!caller) challenge(res);
    else if (!grantsAll(caller.scopes, route.scopes)) refuseScope(res, route.scopes, caller.scopes);
    else next();
  };
}

function grantsAll(granted: readonly string[], required: readonly string[]): boolean {
  return required.every((scope) => granted.includes(scope));
}
