import { SecretsError } from '../errors';
import type { Answer } from './answer';

type Failure = Exclude<Answer, { kind: 'ok' }>;

/** What a caller does about an answer that is not a success. */
export type Remedy =
  /** The same request again after a jittered pause; what was leased before keeps serving. */
  | { readonly do: 'retry'; readonly retryAfterMs: number }
  /** The token may be dead: ask `lookup-self` once, then log in again or name the missing capability. */
  | { readonly do: 'check-token' }
  /** Asking again cannot help: somebody must change a configuration. */
  | { readonly do: 'give-up' };

/** Pure: the status decides, exactly as the table in the folder's README of states says. */
export function remedyFor(failure: Failure): Remedy {
  switch (failure.kind) {
    case 'throttled':
    case 'sealed':
    case 'failed':
      return { do: 'retry', retryAfterMs: failure.retryAfterMs };
    case 'denied':
      return { do: 'check-token' };
    case 'refused':
    case 'missing':
    case 'redirected':
      return { do: 'give-up' };
  }
}

/** Errors that may pass by themselves: worth a retry of a start, not an exit. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof SecretsError &&
    ['ERR_VAULT_UNREACHABLE', 'ERR_VAULT_SEALED', 'ERR_VAULT_THROTTLED', 'ERR_VAULT_FAILED'].includes(
      error.code,
    )
  );
}

/** The failure as an error whose code names it; `subject` is what was asked for, as in `lease of redis-role`. */
export function errorFor(failure: Failure, subject: string): SecretsError {
  const said =
    'messages' in failure && failure.messages.length > 0 ? `: ${safe(failure.messages.join('; '))}` : '';
  switch (failure.kind) {
    case 'throttled':
      return new SecretsError('ERR_VAULT_THROTTLED', `${subject}: Vault's rate-limit quota is spent`);
    case 'sealed':
      return new SecretsError('ERR_VAULT_SEALED', `${subject}: Vault is sealed or has no active node${said}`);
    case 'failed':
      return new SecretsError('ERR_VAULT_FAILED', `${subject}: Vault answered ${failure.status}${said}`);
    case 'denied':
      return new SecretsError('ERR_VAULT_TOKEN_INVALID', `${subject}: Vault refused the token${said}`);
    case 'refused':
      return new SecretsError('ERR_VAULT_REQUEST_REFUSED', `${subject}: Vault refused the request${said}`);
    case 'missing':
      return new SecretsError('ERR_MOUNT_NOT_FOUND', `${subject}: not found${said}`);
    case 'redirected':
      return new SecretsError('ERR_VAULT_FAILED', `${subject}: Vault redirected to nowhere`);
  }
}

/** Vault's messages may quote a lease ID or a database's connection string; these never leave. */
function safe(message: string): string {
  return message
    .replace(/\b[\w.+-]+:\/\/\S+/g, '[address]')
    .replace(/(\/creds\/[^/\s"]+)\/[\w.-]+/g, '$1/[lease]')
    .replace(/\b(?:h?v?[sbr]\.)[\w-]{12,}/g, '[token]')
    .replace(/\s+/g, ' ')
    .slice(0, 300);
}
