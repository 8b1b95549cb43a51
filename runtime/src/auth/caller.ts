import type { IncomingMessage } from 'node:http';
import type { AuthContext } from './context';
import { ForeignAuthError } from './errors';

/**
 * The verified caller of a request, if there is one: what `requireAuth()` put into `req.auth`, or an app's own
 * middleware in the same shape.
 *
 * Other libraries set the same property. To read theirs as ours would take all callers for one, without a scope.
 *
 * @param reader for the error, as its user knows it: `rateLimit()`.
 * @throws ForeignAuthError if another library set `req.auth`.
 */
export function callerOf(req: IncomingMessage, reader: string): AuthContext | undefined {
  const auth: unknown = req.auth;
  if (auth === undefined || auth === null) return undefined;
  if (isAuthContext(auth)) return auth;
  throw new ForeignAuthError(reader, ownerOf(auth));
}

const recognised = new WeakMap<object, AuthContext>();

/** Remembers who calls a public route, whose handlers are told of nobody. */
export function recognise(req: object, caller: AuthContext): void {
  recognised.set(req, caller);
}

/** Who calls a public route, where the token of the request was verified before. */
export function recognisedCallerOf(req: object): AuthContext | undefined {
  return recognised.get(req);
}

function isAuthContext(auth: unknown): auth is AuthContext {
  if (typeof auth !== 'object') return false;
  const { issuer, subject, tier, scopes } = auth as Record<keyof AuthContext, unknown>;
  return (
    typeof issuer === 'string' &&
    typeof subject === 'string' &&
    typeof tier === 'string' &&
    Array.isArray(scopes)
  );
}

/** Claims of which a token that a library passes on as it is has at least one (RFC 7519 §4.1). */
const REGISTERED_CLAIMS = ['iss', 'sub', 'aud', 'exp', 'iat'];

function ownerOf(auth: unknown): ForeignAuthError['owner'] {
  if (typeof auth !== 'object' || auth === null) return undefined;
  const has = (name: string): boolean => Object.hasOwn(auth, name);
  if (has('header') && has('payload')) return has('token') ? 'express-oauth2-jwt-bearer' : 'express-jwt';
  return REGISTERED_CLAIMS.some(has) ? 'express-jwt' : undefined;
}
