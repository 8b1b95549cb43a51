import type { Secret } from '../secret';
import type { Session } from '../vault/session';

/** A user and a password, lent for a time: by Vault, by AWS or by whoever wrote a KV entry. */
export interface Credential {
  readonly user: string;
  readonly password: Secret;
  /** When it was asked for, on the monotonic clock. */
  readonly obtainedAt: number;
  /** How long it was lent for; `Infinity` for one without an end. */
  readonly ttlMs: number;
  /**
   * How long it can be used to sign in anew, where that ends before the connections that it opened do; it is replaced
   * by then.
   */
  readonly freshMs?: number;
  /** The token it was leased under, with which it dies; none for one that no token holds. */
  readonly session?: Session;
  /** Gives it back. @throws SecretsError when the lender did not take it; none for one that just ends. */
  readonly giveBack?: () => Promise<void>;
}

/** When it ends: min(lease, token). To be asked anew each time, because a token's renewal moves it. */
export function deadlineOf({ obtainedAt, ttlMs, session }: Credential): number {
  return Math.min(obtainedAt + ttlMs, session?.deadline ?? Infinity);
}

/** A lender of credentials. */
export interface CredentialSource {
  readonly kind: 'vault-database' | 'elasticache-iam' | 'upstash-kv';
  /** The role or name it lends for; shown in events and in the status. */
  readonly role: string;
  /** @throws SecretsError */
  readonly obtain: () => Promise<Credential>;
  /** Calls back whenever what was lent is out of date before its time. Missing where that cannot be known. */
  readonly onOutdated?: (replace: () => void) => void;
}
