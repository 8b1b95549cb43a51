import type { Secret } from '../secret';

/** A user and password that somebody lent us, whoever that was. */
export interface Credential {
  readonly user: string;
  readonly password: Secret;
  /** When it was asked for, on the monotonic clock. */
  readonly obtainedAt: number;
  /** How long it was lent for; `Infinity` for one without an end. */
  readonly ttlMs: number;
  /** min(lease, token), asked for anew each time, because a token's renewal moves it. */
  readonly deadline: () => number;
  /** Gives it back; returns whether the lender took it. Never rejects. */
  readonly revoke: () => Promise<{ readonly ok: true } | { readonly ok: false; readonly code: string }>;
}

/** A lender of credentials. */
export interface CredentialSource {
  readonly kind: 'vault-database' | 'elasticache-iam' | 'upstash-kv';
  /** The role or name it lends for; shown in events and in the status. */
  readonly role: string;
  readonly obtain: () => Promise<Credential>;
}
