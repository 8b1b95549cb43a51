import * as oidc from 'openid-client';
import { ProviderRefusedError, ProviderUnavailableError } from './errors';

/** What a provider says of itself when it is in trouble (RFC 6749 §4.1.2.1; RFC 6585 for the status). */
const IN_TROUBLE = ['server_error', 'temporarily_unavailable'];
const RETRY_AFTER_SECONDS = 5;

/**
 * What an error of openid-client means: ask again, or take no for an answer. The original is left behind: its
 * cause holds what was sent and received.
 */
export function understood(error: unknown, issuer: string): ProviderRefusedError | ProviderUnavailableError {
  if (error instanceof ProviderRefusedError || error instanceof ProviderUnavailableError) return error;
  const unavailable = (why: string): ProviderUnavailableError =>
    new ProviderUnavailableError(issuer, why, RETRY_AFTER_SECONDS);

  if (error instanceof oidc.ResponseBodyError || error instanceof oidc.AuthorizationResponseError) {
    const reason = printable(error.error);
    const status = error instanceof oidc.ResponseBodyError ? error.status : 400;
    const inTrouble = status >= 500 || status === 429 || IN_TROUBLE.includes(reason);
    return inTrouble ? unavailable(reason) : new ProviderRefusedError(issuer, reason);
  }
  if (error instanceof oidc.ClientError) {
    const { code, cause } = error;
    if (code === 'OAUTH_TIMEOUT') return unavailable('it did not answer in time');
    if (cause instanceof Response && (cause.status >= 500 || cause.status === 429)) {
      return unavailable(`it answered ${cause.status}`);
    }
    return new ProviderRefusedError(issuer, 'invalid_response', error.message);
  }
  // fetch() tells in the cause what happened to the connection.
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return unavailable(code ?? 'the connection failed');
}

/** RFC 6749 §5.2: printable ASCII. What comes from outside goes to logs, so it is cut and cleaned. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
}
