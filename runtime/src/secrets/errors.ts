import { withCode } from '../coded-message';

/** What went wrong. The codes are stable: alerts and tests may switch on them. `docs/errors.md` explains each. */
export type SecretsErrorCode =
  /** An option or environment variable is missing or malformed. */
  | 'ERR_SECRETS_CONFIG'
  /** Plain HTTP to a host that is not loopback. */
  | 'ERR_VAULT_ADDRESS_INSECURE'
  /** No address answered. */
  | 'ERR_VAULT_UNREACHABLE'
  /** The server's certificate is not trusted. */
  | 'ERR_VAULT_CERTIFICATE'
  | 'ERR_VAULT_SEALED'
  /** A rate-limit quota of Vault (429). */
  | 'ERR_VAULT_THROTTLED'
  /** The address redirects to another for good (301): it is no Vault, or a proxy in front of one. */
  | 'ERR_VAULT_MOVED'
  /** Vault, or the database behind it, failed (5xx). */
  | 'ERR_VAULT_FAILED'
  /** Vault refused the request as malformed (400). */
  | 'ERR_VAULT_REQUEST_REFUSED'
  /** The token is valid, but its policy does not allow the path. */
  | 'ERR_VAULT_CAPABILITY_MISSING'
  /** The token expired, was revoked, or never was one. */
  | 'ERR_VAULT_TOKEN_INVALID'
  | 'ERR_VAULT_LOGIN_REFUSED'
  /** Something that the login needs is missing: an unreadable file, no AWS credentials. */
  | 'ERR_LOGIN_SOURCE'
  /** The wrapping token is expired, or somebody else has unwrapped it. */
  | 'ERR_WRAPPING_TOKEN_INVALID'
  /** The wrapping token was made by another path than the expected one. */
  | 'ERR_WRAPPING_TOKEN_FOREIGN'
  | 'ERR_MOUNT_NOT_FOUND'
  | 'ERR_ROLE_NOT_FOUND'
  /** Vault's answer has no lease: the path lends nothing. */
  | 'ERR_LEASE_MISSING'
  /** What Vault leased does not match its schema. */
  | 'ERR_LEASE_SCHEMA'
  | 'ERR_KV_NOT_FOUND'
  | 'ERR_KV_SCHEMA'
  /** The entry is in a KV engine of version 1, which keeps no versions. */
  | 'ERR_KV_VERSION'
  /** The credential reached its deadline and could not be replaced. */
  | 'ERR_CREDENTIAL_EXPIRED'
  /** No first credential was obtained within `startupSeconds`. */
  | 'ERR_CREDENTIAL_UNAVAILABLE'
  /** Redis has not been reachable for longer than a command waits. */
  | 'ERR_REDIS_UNREACHABLE'
  /** `close()` was called. */
  | 'ERR_SECRETS_CLOSED';

/** Every failure of a SecretsManager. The message says what to do; it never holds a secret or a lease ID. */
export class SecretsError extends Error {
  override readonly name: string = 'SecretsError';
  /** How long the server asked clients to wait, in milliseconds; 0 if it did not. */
  readonly retryAfterMs: number;

  constructor(
    readonly code: SecretsErrorCode,
    message: string,
    { retryAfterMs = 0, ...options }: ErrorOptions & { readonly retryAfterMs?: number } = {},
  ) {
    super(withCode(code, message), options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** A Vault policy lacks a capability. The message names it, its path, and the construct that grants it. */
export class MissingCapabilityError extends SecretsError {
  override readonly name = 'MissingCapabilityError';

  constructor(
    readonly path: string,
    readonly capability: 'create' | 'read' | 'update' | 'delete' | 'list',
    readonly construct: string,
  ) {
    super(
      'ERR_VAULT_CAPABILITY_MISSING',
      `the token's policy lacks "${capability}" on "${path}": grant it with ${construct} of @portcullis/constructs and deploy`,
    );
  }
}
