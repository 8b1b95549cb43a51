/** What happens behind the answers of the login: for logs, counters and alarms. Never holds a token or a code. */
export type LoginEvent =
  | { readonly type: 'logged_in'; readonly subject: string }
  | { readonly type: 'login_failed'; readonly reason: LoginFailure; readonly cause?: string }
  | { readonly type: 'logged_out'; readonly subject: string }
  /** Somebody logged out or logged in again, and other instances may not know: a copy of the old cookie may work there. */
  | { readonly type: 'logout_not_revoked'; readonly cause: string }
  /** `another_login`: somebody logged in over it, in the same browser. Other causes are the provider's, or `revoked`. */
  | { readonly type: 'session_ended'; readonly subject: string; readonly cause: string }
  | { readonly type: 'session_not_renewed'; readonly cause: string }
  /** The provider refuses this client, or what it asks for: no session is renewed until that is mended. */
  | { readonly type: 'client_refused'; readonly issuer: string; readonly cause: string }
  /** Redis, which keeps the sessions that are too large for cookies, does not answer: they are answered 503. Sent once. */
  | { readonly type: 'sessions_unavailable'; readonly cause: string }
  | { readonly type: 'cross_site_refused'; readonly method: string }
  | { readonly type: 'provider_found'; readonly issuer: string }
  | { readonly type: 'provider_unavailable'; readonly issuer: string; readonly cause: string };

/**
 * Why a login failed. `denied`: the person declined, or the provider did for them. `unknown`: no login of this browser waits
 * for the response, or none any more. `refused`: the response or the tokens failed a check. `unavailable`: the provider
 * does not answer, or the Redis that should keep the session. `too_large`: the session does not fit into cookies, and there
 * is no Redis to keep it in.
 */
export type LoginFailure = 'denied' | 'unknown' | 'refused' | 'unavailable' | 'too_large';
