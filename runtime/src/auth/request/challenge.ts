/** Refusals of requests by their token, as RFC 6750 §3 words them. None tells what is in the token. */
import type { ErrorAnswer, ErrorBody } from '../../http/answer';
import { KeysUnavailableError, TokenError } from '../errors';

const REALM = 'Bearer realm="api"';

/** Longest list of scopes that an answer repeats, in characters. */
const LONGEST_LIST = 2_048;

function unauthorized(body: ErrorBody, challenge = REALM): ErrorAnswer {
  return { status: 401, body, headers: { 'WWW-Authenticate': challenge } };
}

/** No credentials: the bare challenge (RFC 6750 §3.1, last paragraph). */
export const NO_CREDENTIALS = unauthorized({
  error: 'unauthorized',
  message: 'Missing or invalid Authorization header',
});

/** A session that may have been revoked, where only one that was not will do: a new login makes one that was not. */
export const SESSION_UNKNOWN = unauthorized({
  error: 'unauthorized',
  message: 'It is not known whether this session was ended. Log in again to go on',
});

const TOKEN_EXPIRED = unauthorized(
  {
    error: 'token_expired',
    message: 'Access token has expired. Use your refresh token to get a new one.',
  },
  `${REALM}, error="invalid_token", error_description="The access token has expired"`,
);

const TOKEN_INVALID = unauthorized(
  { error: 'invalid_token', message: 'Token validation failed' },
  `${REALM}, error="invalid_token", error_description="Token validation failed"`,
);

/** Credentials that were sent twice. */
export const AMBIGUOUS_CREDENTIALS: ErrorAnswer = {
  status: 400,
  body: { error: 'invalid_request', message: 'Send the access token once, in one Authorization header' },
  headers: { 'WWW-Authenticate': `${REALM}, error="invalid_request"` },
};

/** A route that the policy does not list. */
export const UNLISTED = forbidden('The policy of this API does not list this route');

/** 401 for a token that is refused, 503 for one that cannot be verified now; nothing for any other error. */
export function tokenRefusal(error: unknown): ErrorAnswer | undefined {
  if (error instanceof KeysUnavailableError) return unavailable(error.retryAfterSeconds);
  if (!(error instanceof TokenError)) return undefined;
  return error.reason === 'expired' ? TOKEN_EXPIRED : TOKEN_INVALID;
}

/** 503: the identity provider, not the caller, is at fault. */
export function unavailable(retryAfterSeconds: number): ErrorAnswer {
  return {
    status: 503,
    body: {
      error: 'temporarily_unavailable',
      message: 'Tokens cannot be verified at the moment. Try again later.',
    },
    headers: { 'Retry-After': String(retryAfterSeconds) },
  };
}

/** A good token that grants too little: 403, with the scopes that the call needs (RFC 6750 §3.1). */
export function insufficientScope(required: readonly string[], granted: readonly string[]): ErrorAnswer {
  return {
    status: 403,
    body: {
      error: 'insufficient_scope',
      message: `Required scopes: ${required.join(', ')}`,
      required,
      granted: shortened(granted),
    },
    headers: {
      'WWW-Authenticate': `${REALM}, error="insufficient_scope", scope="${required.join(' ')}"`,
    },
  };
}

/** 403 for a call that no scope would allow. */
export function forbidden(message: string): ErrorAnswer {
  return { status: 403, body: { error: 'forbidden', message } };
}

function shortened(scopes: readonly string[]): readonly string[] {
  let room = LONGEST_LIST;
  return scopes.filter((scope) => (room -= JSON.stringify(scope).length + 1) >= 0);
}
