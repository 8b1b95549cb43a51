/** What a verified access token says about its caller: `req.auth`. Frozen, and shared by all requests with the same token. */
export interface AuthContext {
  /** The token's `iss`, one of those configured. */
  readonly issuer: string;
  /** The token's `sub`. Unique within its issuer only. */
  readonly subject: string;
  /** The caller's organisation (claim `org_id`), never empty. Missing if the token names none. */
  readonly organisation?: string;
  /** One of the policy's tiers: its default tier if the token names none, or one that does not exist. */
  readonly tier: string;
  /** What the token grants, without duplicates (`scope`, RFC 8693 §4.2; or `scp`). */
  readonly scopes: readonly string[];
  /** The OAuth client that got the token (`client_id`, RFC 9068 §2.2; or `azp`). */
  readonly clientId?: string;
  /** When the token expires (`exp`), in seconds since 1970. */
  readonly expiresAt: number;
  /** Every claim of the token, deeply frozen. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Whether a context is frozen, as `requireAuth()` makes them: what is worked out from it once holds while it lives. One
 * that an app made may be changed, and used again for somebody else.
 */
export function isFrozenContext(auth: { readonly claims: object }): boolean {
  return Object.isFrozen(auth) && Object.isFrozen(auth.claims);
}

declare module 'http' {
  interface IncomingMessage {
    /** Set by `requireAuth()` and, where the caller sent a token, by `optionalAuth()`. */
    auth?: AuthContext;
  }
}
