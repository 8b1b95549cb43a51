import { ProviderRefusedError, ProviderUnavailableError } from './errors';
import { loadOpenIdClient } from './load-openid-client';

/** What a provider says of itself when it is in trouble (RFC 6749 §4.1.2.1; RFC 6585 for the status). */
const IN_TROUBLE = ['server_error', 'temporarily_unavailable'];
const RETRY_AFTER_SECONDS = 5;
const TOO_LATE = 'it did not answer in time';

/**
 * What an error of openid-client means: ask again, or take no for an answer. The original is left behind: its
 * cause holds what was sent and received.
 */
export function translateError(
  error: unknown,
  issuer: string,
): ProviderRefusedError | ProviderUnavailableError {
  if (error instanceof ProviderRefusedError || error instanceof ProviderUnavailableError) return error;
  const oidc = loadOpenIdClient();
  const unavailable = (why: string): ProviderUnavailableError =>
    new ProviderUnavailableError(issuer, why, RETRY_AFTER_SECONDS);

  if (error instanceof oidc.ResponseBodyError || error instanceof oidc.AuthorizationResponseError) {
    const reason = printable(error.error);
    const status = error instanceof oidc.ResponseBodyError ? error.status : 400;
    const inTrouble = isOutage(status) || IN_TROUBLE.includes(reason);
    return inTrouble ? unavailable(reason) : new ProviderRefusedError(issuer, reason);
  }
  // RFC 6749 §5.2: the answer to a client that is not believed.
  if (error instanceof oidc.WWWAuthenticateChallengeError)
    return new ProviderRefusedError(issuer, 'invalid_client');
  // Without a code it stands for something that openid-client does not know: its cause.
  if (error instanceof oidc.ClientError && error.code !== undefined) {
    const { code, cause } = error;
    if (code === 'OAUTH_TIMEOUT') return unavailable(TOO_LATE);
    if (isResponse(cause) && isOutage(cause.status)) return unavailable(`it answered ${cause.status}`);
    const brokenOff = code === 'OAUTH_PARSE_ERROR' ? whyBrokenOff(cause) : undefined;
    if (brokenOff !== undefined) return unavailable(brokenOff);
    return new ProviderRefusedError(issuer, 'invalid_response', error.message);
  }
  return unavailable(connectionProblem(error) ?? 'the connection failed');
}

/** Time-outs (408), too many requests (429), and the server's own faults. */
function isOutage(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

/**
 * Why the body of an answer did not come to its end, though its headers had come. openid-client takes that for JSON
 * that cannot be parsed, and keeps fetch()'s error as the cause of its cause.
 */
function whyBrokenOff(parseError: unknown): string | undefined {
  const reason = causeOf(parseError);
  const isLate =
    typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError';
  return isLate ? TOO_LATE : connectionProblem(causeOf(reason));
}

function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
}

/** Also of a Response of undici's own, which is another class than the global one. */
function isResponse(cause: unknown): cause is { readonly status: number } {
  return typeof cause === 'object' && cause !== null && 'status' in cause && typeof cause.status === 'number';
}

/** RFC 6749 §5.2: printable ASCII. What comes from outside goes to logs, so it is cut and cleaned. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
}

/** fetch() tells in a cause, or a cause's cause, what happened to the connection: `ECONNREFUSED`, say. */
function connectionProblem(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  return typeof code === 'string' ? printable(code) : connectionProblem(cause);
}
