import type { Secret } from '../secret';
import type { Session } from '../vault/session';

/** Something lent for a time: by Vault, by AWS or by whoever wrote a KV entry. */
export interface Lent {
  /** Who it makes the one who has it; shown in events and in the status. */
  readonly user: string;
  /** What Vault's audit log calls the request by which it was lent. */
  readonly requestId?: string;
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

/** What a server is told at a sign-in. */
export interface Login {
  readonly user: string;
  readonly password: Secret;
}

export interface Credential extends Lent, Login {}

/** Anything else. */
export interface Leased<T> extends Lent {
  readonly value: T;
}

/** When it ends: min(lease, token). To be asked anew each time, because a token's renewal moves it. */
export function deadlineOf({ obtainedAt, ttlMs, session }: Lent): number {
  return Math.min(obtainedAt + ttlMs, session?.deadline ?? Infinity);
}

/** A lender of credentials. */
export interface CredentialSource<L extends Lent = Credential> {
  readonly kind: 'vault-database' | 'vault' | 'elasticache-iam' | 'upstash-kv';
  /** The role or name it lends for; shown in events and in the status. */
  readonly role: string;
  /** @throws SecretsError */
  readonly obtain: () => Promise<L>;
  /** Calls back whenever what was lent is out of date before its time. Missing where that cannot be known. */
  readonly onOutdated?: (replace: () => void) => void;
}
