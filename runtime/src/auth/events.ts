import type { RefusalReason, TokenError, TokenLifetime } from './errors';
import type { LoginEvent } from './login/events';
import type { RevocationEvent } from './revocation/events';

/** A verified token's tier or organisation that could not be used. */
export interface UnusableClaim {
  readonly issuer: string;
  readonly claim: 'tier' | 'organisation';
  /** What the claim is called, by `claims` of the options; the names of a path with dots between. */
  readonly name: string;
  /**
   * `missing`, `nested` (it is an object, or inside another claim), `wrong_type`, `unknown_value` (none of the
   * policy's tiers) or `several` of them. The tier is then the policy's default. An organisation that is missing is none; one that is no text
   * is refused.
   */
  readonly problem: 'missing' | 'nested' | 'wrong_type' | 'unknown_value' | 'several';
}

/** A token was refused; of one that lives longer than the policy allows, with both lifetimes in seconds. */
export type TokenRefused = {
  readonly type: 'token_refused';
  readonly reason: RefusalReason;
} & Partial<TokenLifetime>;

export function tokenRefused({ reason, lifetime }: TokenError): TokenRefused {
  return { type: 'token_refused', reason, ...lifetime };
}

/** What happens behind the answers: for logs, counters and alarms. Never holds a token. */
export type AuthEvent =
  | TokenRefused
  /** Told at once, then at most once an hour for each issuer, claim and problem. */
  | ({
      readonly type: 'claim_unusable';
      /** How many tokens since this was told last. */
      readonly tokens: number;
    } & UnusableClaim)
  | {
      readonly type: 'keys_refreshed';
      readonly issuer: string;
      readonly keys: number;
      readonly withdrawn: number;
    }
  | { readonly type: 'keys_unavailable'; readonly issuer: string; readonly cause: string }
  /**
   * More keys than are tried may have signed a token: it names none, or they share its `kid`. It is refused if one of the
   * others did. Told once.
   */
  | {
      readonly type: 'keys_left_untried';
      readonly issuer: string;
      /** How many may have signed, and how many of these are tried. */
      readonly keys: number;
      readonly tried: number;
    }
  | RevocationEvent
  | LoginEvent;

export type OnAuthEvent = (event: AuthEvent) => void;
