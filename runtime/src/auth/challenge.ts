/** Refusals of requests by their token, as RFC 6750 §3 words them. None tells what is in the token. */
import type { ServerResponse } from 'node:http';
import { refuse } from '../http/answer';
import { KeysUnavailableError, TokenError } from './errors';

const REALM = 'Bearer realm="api"';

/** Longest list of scopes that an answer repeats, in characters. */
const LONGEST_LIST = 2_048;

/** No credentials: 401 and the bare challenge (RFC 6750 §3.1, last paragraph). */
export function challenge(res: ServerResponse): void {
  refuse(
    res,
    401,
    { error: 'unauthorized', message: 'Missing or invalid Authorization header' },
    { 'WWW-Authenticate': REALM },
  );
}

/** A session that may have been revoked, where only one that was not will do: a new login makes one that was not. */
export function refuseSession(res: ServerResponse): void {
  const message = 'It is not known whether this session was ended. Log in again to go on';
  refuse(res, 401, { error: 'unauthorized', message }, { 'WWW-Authenticate': REALM });
}

/** Credentials that were sent twice: 400. */
export function refuseAmbiguous(res: ServerResponse): void {
  refuse(
    res,
    400,
    { error: 'invalid_request', message: 'Send the access token once, in one Authorization header' },
    { 'WWW-Authenticate': `${REALM}, error="invalid_request"` },
  );
}

/** 401 for a token that is refused, 503 for one that cannot be verified now. Any other error is thrown again. */
export function refuseToken(res: ServerResponse, error: unknown): void {
  if (error instanceof KeysUnavailableError) {
    refuseUnavailable(res, error.retryAfterSeconds);
    return;
  }
  if (!(error instanceof TokenError)) throw error;
  const expired = error.reason === 'expired';
  refuse(
    res,
    401,
    expired
      ? {
          error: 'token_expired',
          message: 'Access token has expired. Use your refresh token to get a new one.',
        }
      : { error: 'invalid_token', message: 'Token validation failed' },
    {
      'WWW-Authenticate': `${REALM}, error="invalid_token", error_description="${
        expired ? 'The access token has expired' : 'Token validation failed'
      }"`,
    },
  );
}

/** 503: the identity provider, not the caller, is at fault. */
export function refuseUnavailable(res: ServerResponse, retryAfterSeconds: number): void {
  refuse(
    res,
    503,
    {
      error: 'temporarily_unavailable',
      message: 'Tokens cannot be verified at the moment. Try again later.',
    },
    { 'Retry-After': String(retryAfterSeconds) },
  );
}

/** A good token that grants too little: 403, with the scopes that the call needs (RFC 6750 §3.1). */
export function refuseScope(
  res: ServerResponse,
  required: readonly string[],
  granted: readonly string[],
): void {
  refuse(
    res,
    403,
    {
      error: 'insufficient_scope',
      message: `Required scopes: ${required.join(', ')}`,
      required,
      granted: shortened(granted),
    },
    { 'WWW-Authenticate': `${REALM}, error="insufficient_scope", scope="${required.join(' ')}"` },
  );
}

/** 403 for a call that no scope would allow. */
export function refuseForbidden(res: ServerResponse, message: string): void {
  refuse(res, 403, { error: 'forbidden', message });
}

function shortened(scopes: readonly string[]): readonly string[] {
  let room = LONGEST_LIST;
  return scopes.filter((scope) => (room -= JSON.stringify(scope).length + 1) >= 0);
}
