import { refuse } from '../http/answer';
import type { Middleware } from '../http/middleware';
import { SCOPE } from '../policy/shapes';
import { callerOf } from './caller';
import { forbidden, insufficientScope, NO_CREDENTIALS } from './request/challenge';

/**
 * Admits callers whose token grants all of these scopes; others are answered 403 `insufficient_scope`, and 401 without a
 * verified token. For apps without a policy; with one, `enforce(policy)` does this for every route. Its middleware throws
 * ForeignAuthError if another library set `req.auth`.
 *
 * @throws TypeError if no scope is given, which would check nothing, or an invalid one (RFC 6749 §3.3).
 *
 * @example
 * app.get('/api/transactions', requireScope('read:transactions'), handler);
 */
export function requireScope(...required: readonly string[]): Middleware {
  return scopeCheck('requireScope()', required, (granted) =>
    required.every((scope) => granted.includes(scope)),
  );
}

/** As {@link requireScope}, for callers whose token grants at least one of these scopes. */
export function requireAnyScope(...required: readonly string[]): Middleware {
  return scopeCheck('requireAnyScope()', required, (granted) =>
    required.some((scope) => granted.includes(scope)),
  );
}

/**
 * Admits callers of these tiers; others are answered 403 `forbidden`, and 401 without a verified token.
 *
 * @throws TypeError if no tier is given.
 */
export function requireTier(...tiers: readonly string[]): Middleware {
  if (tiers.length === 0) throw new TypeError('requireTier() received no tier; name at least one');
  return (req, res, next) => {
    const caller = callerOf(req, 'requireTier()');
    if (!caller) refuse(res, NO_CREDENTIALS);
    else if (!tiers.includes(caller.tier)) refuse(res, forbidden('Your plan does not include this call'));
    else next();
  };
}

function scopeCheck(
  name: string,
  required: readonly string[],
  suffices: (granted: readonly string[]) => boolean,
): Middleware {
  if (required.length === 0) throw new TypeError(`${name} received no scope; name at least one`);
  const bad = required.filter((scope) => !SCOPE.test(scope));
  if (bad.length > 0) {
    throw new TypeError(`${name} received ${JSON.stringify(bad)}; expected scopes without spaces or quotes`);
  }
  return (req, res, next) => {
    const caller = callerOf(req, name);
    if (!caller) refuse(res, NO_CREDENTIALS);
    else if (!suffices(caller.scopes)) refuse(res, insufficientScope(required, caller.scopes));
    else next();
  };
}
