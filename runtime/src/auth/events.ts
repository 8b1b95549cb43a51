import type { RefusalReason } from './errors';
import type { LoginEvent } from './login/events';
import type { RevocationEvent } from './revocation/events';

/** What happens behind the answers: for logs, counters and alarms. Never holds a token. */
export type AuthEvent =
  | { readonly type: 'token_refused'; readonly reason: RefusalReason }
  | { readonly type: 'unknown_tier'; readonly issuer: string; readonly defaulted: string }
  | {
      readonly type: 'keys_refreshed';
      readonly issuer: string;
      readonly keys: number;
      readonly withdrawn: number;
    }
  | { readonly type: 'keys_unavailable'; readonly issuer: string; readonly cause: string }
  | RevocationEvent
  | LoginEvent;

export type OnAuthEvent = (event: AuthEvent) => void;
