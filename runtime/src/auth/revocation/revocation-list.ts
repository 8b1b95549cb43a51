/** What can be revoked, and the list that takes it. */
import type { RevocationCheck } from '../options';

interface OfIssuer {
  /** The `iss` of the tokens: one of the issuers that are followed. */
  readonly issuer: string;
}

interface WithCutOff {
  /**
   * Tokens that were issued later are accepted, so that a new login works: seconds since 1970, on the issuer's clock.
   * @default now, plus how far ahead the issuer's clock may be
   */
  readonly issuedUntil?: number;
}

/**
 * Which tokens of an issuer are refused from now on: one, by its `jti`; those of a session, by `sid`; or all that were
 * issued to a subject or an organisation. Add the `subject` of a session for providers whose access tokens have no `sid`:
 * its tokens that name no session are then refused as well.
 *
 * All but a `jti` also end the sessions of `login()` that they name and that began before, for as long as a session may
 * live (`lifetimes.session` of the policy), however often its tokens are renewed.
 */
export type Revocation = OfIssuer &
  (
    | { readonly jti: string }
    /** A session of `login()`, by the name that it gave it: it revokes this when somebody logs out. */
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
 * What `login()` asks on every request, answered from memory. `unknown`: the session began before a revocation that this
 * instance lost, because it had no room for it or could not read it.
 */
export interface SessionCheck {
  sessionState(session: RevocableSession): 'good' | 'revoked' | 'unknown';
}

/**
 * The revocations that this instance follows, and the way to add to them.
 *
 * It holds up to 100,000 revocations of tokens (23 MB), each for as long as a token may live; with one more, every token
 * issued so far is refused. It also holds up to 250,000 revocations of sessions (55 MB), each for as long as a session may
 * live; with one more, `sensitive` routes refuse the sessions that began before. In Redis, each takes some 70 bytes.
 */
export interface RevocationList extends RevocationCheck, SessionCheck {
  /** The issuers whose tokens may be revoked. */
  readonly issuers: readonly string[];
  /** How far apart the clocks of issuers and this instance may be, in seconds. */
  readonly toleranceSeconds: number;
  /**
   * Revokes tokens and ends sessions, on this instance at once and on every other within a second after it resolves.
   *
   * @throws RevocationNotStoredError if Redis did not confirm it within a second.
   * @throws RevocationInvalidError if it does not say whose tokens are revoked, or is malformed.
   */
  revoke(revocation: Revocation): Promise<void>;
  /** Stops following. */
  close(): void;
}
