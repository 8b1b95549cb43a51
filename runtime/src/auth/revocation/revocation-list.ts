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
 */
export type Revocation = OfIssuer &
  (
    | { readonly jti: string }
    | ({ readonly sid: string; readonly subject?: string } & WithCutOff)
    | ({ readonly subject: string } & WithCutOff)
    | ({ readonly organisation: string } & WithCutOff)
  );

/** The revocations that this instance follows, and the way to add to them. */
export interface RevocationList extends RevocationCheck {
  /** Whose tokens may be revoked. */
  readonly issuers: readonly string[];
  /** How far the issuers' clocks may be from this one, in seconds. */
  readonly toleranceSeconds: number;
  /**
   * Revokes tokens, on this instance at once and on every other within a second after it resolves.
   *
   * @throws RevocationNotStoredError if Redis did not confirm it within a second.
   * @throws RevocationInvalidError if it does not say whose tokens, or says it wrongly.
   */
  revoke(revocation: Revocation): Promise<void>;
  /** Stops following. */
  close(): void;
}
