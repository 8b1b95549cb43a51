import type { Secret } from '../secret';
import type { VaultTransport } from '../vault/client';

/** The token that a login obtained. */
export interface Grant {
  readonly token: Secret;
  /** How long it lives, in seconds; 0 if it never expires. */
  readonly ttlSeconds: number;
  /** ID of the login request in Vault's audit log. */
  readonly requestId?: string;
}

/** A way to log in to Vault. It is used at the start, and whenever the token cannot be renewed any more. */
export interface LoginMethod {
  /** Its name in events and messages, such as `approle`. */
  readonly name: string;
  /** Logs in. @throws SecretsError with the reason; the caller retries after transient ones. */
  readonly login: (vault: VaultTransport, signal: AbortSignal) => Promise<Grant>;
}
