import { SecretsError, type SecretsErrorCode } from '../errors';
import type { Answer } from './answer';

type Failure = Exclude<Answer, { kind: 'ok' }>;

/** What a caller does about an answer that is not a success. */
export type Remedy =
  /** The same request again after a jittered pause; what was leased before keeps serving. */
  | 'retry'
  /** The token may be dead: ask `lookup-self` once, then log in again or name the missing capability. */
  | 'check-token'
  /** Asking again cannot help: somebody must change a configuration. */
  | 'give-up';

/** Pure: the status decides. */
export function remedyFor(failure: Failure): Remedy {
  switch (failure.kind) {
    case 'throttled':
    case 'sealed':
    case 'failed':
      return 'retry';
    case 'denied':
      return 'check-token';
    case 'refused':
    case 'missing':
    case 'redirected':
    case 'moved':
      return 'give-up';
  }
}

const TRANSIENT: ReadonlySet<SecretsErrorCode> = new Set([
  'ERR_VAULT_UNREACHABLE',
  'ERR_VAULT_SEALED',
  'ERR_VAULT_THROTTLED',
  'ERR_VAULT_FAILED',
  // A new login is under way.
  'ERR_VAULT_TOKEN_INVALID',
  // The database did not take the credential: it may be starting, or not know the user yet.
  'ERR_CREDENTIAL_UNAVAILABLE',
]);

/** Errors that may pass by themselves: worth a wait at a start, not an exit. */
export function isTransient(error: unknown): boolean {
  return error instanceof SecretsError && TRANSIENT.has(error.code);
}

/** The failure as an error whose code names it; `subject` is what was asked for, as in `lease of redis-role`. */
export function errorFor(failure: Failure, subject: string): SecretsError {
  const [code, what] = nameOf(failure);
  const said =
    'messages' in failure && failure.messages.length > 0 ? `: ${safe(failure.messages.join('; '))}` : '';
  const retryAfterMs = 'retryAfterMs' in failure ? failure.retryAfterMs : 0;
  return new SecretsError(code, `${subject}: ${what}${said}`, { retryAfterMs });
}

function nameOf(failure: Failure): readonly [SecretsErrorCode, string] {
  switch (failure.kind) {
    case 'throttled':
      return ['ERR_VAULT_THROTTLED', "Vault's rate-limit quota is spent"];
    case 'sealed':
      return ['ERR_VAULT_SEALED', 'Vault is sealed or has no active node'];
    case 'failed':
      return ['ERR_VAULT_FAILED', `Vault answered ${failure.status}`];
    case 'denied':
      return ['ERR_VAULT_TOKEN_INVALID', 'Vault refused the token'];
    case 'refused':
      return ['ERR_VAULT_REQUEST_REFUSED', 'Vault refused the request'];
    case 'missing':
      return ['ERR_MOUNT_NOT_FOUND', 'not found'];
    case 'redirected':
    case 'moved':
      return [
        'ERR_VAULT_MOVED',
        `what answers at Vault's address sends elsewhere (${failure.status}${towards(failure.location)}): name the server itself in VAULT_ADDR`,
      ];
  }
}

/** Where it sends, without what may be secret in it. */
function towards(location: string): string {
  return URL.canParse(location) ? `, to ${new URL(location).origin}` : '';
}

/** Vault's messages may quote a lease ID or a database's connection string; these never leave. */
function safe(message: string): string {
  return message
    .replace(/\b[\w.+-]+:\/\/\S+/g, '[address]')
    .replace(/(\/creds\/[^/\s"]+)\/[\w.-]+|\/[A-Za-z0-9]{24}(\.\w+)?\b/g, '$1/[lease]')
    .replace(/\b(?:h?v?[sbr]\.)[\w-]{12,}/g, '[token]')
    .replace(/\s+/g, ' ')
    .slice(0, 300);
}
