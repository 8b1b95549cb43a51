import type { Middleware } from '../../http/middleware';
import { AMBIGUOUS_PATH, refuse, type ErrorAnswer } from '../../http/answer';
import { isAmbiguous, routeOf } from '../../http/route-of';
import type { Policy, Route } from '../../policy';
import { callerOf } from '../caller';
import { insufficientScope, NO_CREDENTIALS, UNLISTED } from './challenge';
import type { AuthContext } from '../context';

/**
 * Checks every request against its route in the policy. A token that lacks one of the route's scopes is answered 403
 * `insufficient_scope`, with `required` and `granted`; a request that the policy does not list, 403 `forbidden`; a path
 * that servers read differently (`/files/../admin`), 400. Mount it after `requireAuth()`.
 *
 * Its middleware throws ForeignAuthError if another library set `req.auth`.
 *
 * @example
 * app.use(enforce(policy));
 */
export function enforce(policy: Policy): Middleware {
  return (req, res, next) => {
    const route = routeOf(policy, req);
    const denial = isAmbiguous(req, route)
      ? AMBIGUOUS_PATH
      : denialOf(route, route?.public === false ? callerOf(req, 'enforce()') : undefined);
    if (denial === undefined) next();
    else refuse(res, denial);
  };
}

/**
 * Why the policy denies a call.
 *
 * @param route of the policy, if it lists the call.
 * @returns `undefined` if it does not deny it.
 */
export function denialOf(route: Route | undefined, caller: AuthContext | undefined): ErrorAnswer | undefined {
  if (!route) return UNLISTED;
  if (route.public) return undefined;
  if (!caller) return NO_CREDENTIALS;
  const grantsAll = route.scopes.every((scope) => caller.scopes.includes(scope));
  return grantsAll ? undefined : insufficientScope(route.scopes, caller.scopes);
}
