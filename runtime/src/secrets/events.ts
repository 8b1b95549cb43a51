/**
 * What a SecretsManager reports, for logs and alarms; never a secret, a token or a lease ID. `vaultRequestId` is the ID of
 * the request in Vault's audit log.
 */
export type SecretsEvent =
  | {
      readonly type: 'token_obtained';
      readonly method: string;
      readonly ttlSeconds: number;
      readonly vaultRequestId?: string;
    }
  | { readonly type: 'token_renewed'; readonly ttlSeconds: number }
  /** The token could not be renewed: a new one was obtained, and everything that was leased under it is leased again. */
  | {
      readonly type: 'token_replaced';
      readonly method: string;
      readonly ttlSeconds: number;
      readonly vaultRequestId?: string;
    }
  | {
      readonly type: 'token_failed';
      readonly code: string;
      readonly message: string;
      readonly attempt: number;
    }
  /** An alarm: somebody else has unwrapped the secret ID, or placed another wrapping token. */
  | { readonly type: 'wrapping_token_misused'; readonly code: string; readonly message: string }
  | {
      readonly type: 'credential_rotated';
      readonly source: string;
      readonly role: string;
      readonly previousUser: string | undefined;
      readonly user: string;
      readonly vaultRequestId?: string;
    }
  | {
      readonly type: 'credential_failed';
      readonly source: string;
      readonly role: string;
      readonly code: string;
      readonly message: string;
      readonly attempt: number;
      /** For how many seconds the old credential still works; 0 if there is none. */
      readonly servesForSeconds: number;
    }
  | {
      readonly type: 'credential_expired';
      readonly source: string;
      readonly role: string;
      readonly user: string;
    }
  | {
      readonly type: 'credential_revoked';
      readonly source: string;
      readonly role: string;
      readonly user: string;
    }
  /** Vault did not accept the revocation: the lease ends by its TTL. */
  | {
      readonly type: 'revocation_failed';
      readonly source: string;
      readonly role: string;
      readonly user: string;
      readonly code: string;
    }
  | { readonly type: 'kv_changed'; readonly path: string; readonly version: number }
  | { readonly type: 'kv_failed'; readonly path: string; readonly code: string; readonly message: string }
  /** Vault gave no pseudonym, so the log names no subject. Sent every ten seconds at most. */
  | { readonly type: 'pseudonym_failed'; readonly code: string; readonly message: string };

export type EmitEvent = (event: SecretsEvent) => void;
