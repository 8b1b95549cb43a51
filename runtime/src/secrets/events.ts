/**
 * What a SecretsManager tells. Never a secret, a token or a lease ID. By `vaultRequestId` Vault's audit log knows the
 * request that it tells of.
 */
export type SecretsEvent =
  | {
      readonly type: 'token_obtained';
      readonly method: string;
      readonly ttlSeconds: number;
      readonly vaultRequestId?: string;
    }
  | { readonly type: 'token_renewed'; readonly ttlSeconds: number }
  /** The token cannot live on: a new one was obtained, and what was leased under it is leased again. */
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
      /** Seconds the old credential still serves; 0 when there is none. */
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
  /** Vault did not take the revocation: the lease ends by its TTL. */
  | {
      readonly type: 'revocation_failed';
      readonly source: string;
      readonly role: string;
      readonly user: string;
      readonly code: string;
    }
  | { readonly type: 'kv_changed'; readonly path: string; readonly version: number }
  | { readonly type: 'kv_failed'; readonly path: string; readonly code: string; readonly message: string }
  /** Vault gave no pseudonym: the log names no subject. Told every ten seconds at most. */
  | { readonly type: 'pseudonym_failed'; readonly code: string; readonly message: string };

export type EmitEvent = (event: SecretsEvent) => void;
