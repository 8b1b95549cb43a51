/** What can be revoked, and the list that takes it. */
import type { RevocationCheck } from '../options';

interface OfIssuer {
  /** The `iss` of the tokens: one of the issuers that are followed. */
  readonly issuer: string;
}

interface WithCutOff {
  /**
   * Tokens issued later are let in, so that a new login works: seconds since 1970, on the issuer's clock.
   * @default now, plus how far the issuer's clock may be ahead of this one
   */
  readonly issuedUntil?: number;
}

/**
 * Which tokens of an issuer are refused from now on: one by its `jti`; those of a session, by `sid`; or all
 * that a subject or an organisation has been issued. Give a session's `subject` for providers that put no `sid`
 * into access tokens: tokens that name no session are then refused as if the subject were revoked.
 *
 * All but a `jti` also end the sessions of `login()` that they name and that began before: for as long as a session may
 * live (the policy's `lifetimes.session`), however often its tokens are renewed.
 */
export type Revocation = OfIssuer &
  (
    | { readonly jti: string }
    /** The name that `login()` gave a session of its own, which it ends by this when its person logs out. */
    | { readonly session: string }
    | ({ readonly sid: string; readonly subject?: string } & WithCutOff)
    | ({ readonly subject: string } & WithCutOff)
    | ({ readonly organisation: string } & WithCutOff)
  );

/** A session of `login()`, as revocations name it. */
export interface RevocableSession {
  readonly issuer: string;
  /** The name that `login()` gave it. */
  readonly id: string;
  readonly subject: string;
  /** The provider's name for it, where its ID token has one. */
  readonly sid?: string;
  readonly organisation?: string;
  /** The `iat` of the ID token of its login: seconds since 1970, on the issuer's clock. */
  readonly loggedInAt: number;
}

/**
 * What login() asks of a deny-list on every request. It answers from memory: `revoked`; `good`; or `unknown`, for a
 * session that began before some revocation was lost on this instance, because it had no room for it or could not read it.
 */
export interface SessionCheck {
  sessionState(session: RevocableSession): 'good' | 'revoked' | 'unknown';
}

/**
 * The revocations that this instance follows, and the way to add to them.
 *
 * It holds 100,000 revocations of tokens (23 MB), each for as long as a token may live: one more, and every token
 * issued up to now is refused. Apart from them, it holds 250,000 revocations of sessions (55 MB), each for as long as a
 * session may live: one more, and `sensitive` routes refuse the sessions that began before. In Redis, each takes some
 * 70 bytes.
 */
export interface RevocationList extends RevocationCheck, SessionCheck {
  /** Whose tokens may be revoked. */
  readonly issuers: readonly string[];
  /** How far the issuers' clocks may be from this one, in seconds. */
  readonly toleranceSeconds: number;
  /**
   * Revokes tokens and ends sessions, on this instance at once and on every other within a second after it resolves.
   *
   * @throws RevocationNotStoredError if Redis did not confirm it within a second.
   * @throws RevocationInvalidError if it does not say whose tokens, or says it wrongly.
   */
  revoke(revocation: Revocation): Promise<void>;
  /** Stops following. */
  close(): void;
}
