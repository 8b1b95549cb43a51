import type { Secret } from '../secret';
import type { VaultTransport } from '../vault/client';

/** The token that a login gave. */
export interface Grant {
  readonly token: Secret;
  /** 0: it never expires. */
  readonly ttlSeconds: number;
  /** What Vault's audit log calls the request that gave it. */
  readonly requestId?: string;
}

/** A way to get a token. Called at the start, and whenever the token cannot be renewed any more. */
export interface LoginMethod {
  /** For events and messages, as in `approle`. */
  readonly name: string;
  /** @throws SecretsError with the reason; transient reasons are retried by the caller. */
  readonly login: (vault: VaultTransport, signal: AbortSignal) => Promise<Grant>;
}
