import type { RefusalReason, TokenError, TokenLifetime } from './errors';
import type { LoginEvent } from './login/events';
import type { RevocationEvent } from './revocation/events';

/** A verified token's tier or organisation that could not be used. */
export interface UnusableClaim {
  readonly issuer: string;
  readonly claim: 'tier' | 'organisation';
  /** Where the claim was looked for, as `claims` of the options say: the names of a path, joined by dots. */
  readonly name: string;
  /**
   * `missing`; `nested`: it is an object, or inside another claim; `wrong_type`; `unknown_value`: none of the policy's
   * tiers; `several` of them. For a tier, the policy's default tier applies then. A token without an organisation has
   * none; one whose organisation is no string is refused.
   */
  readonly problem: 'missing' | 'nested' | 'wrong_type' | 'unknown_value' | 'several';
}

/** A token was refused. If it lives longer than the policy allows, the event has both lifetimes in seconds. */
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
  /** Sent at once, then at most once an hour for each issuer, claim and problem. */
  | ({
      readonly type: 'claim_unusable';
      /** How many tokens since the event was sent last. */
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
   * More keys may have signed a token than are tried: it names none, or several share its `kid`. A token that one of the
   * others signed is refused. Sent once.
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
