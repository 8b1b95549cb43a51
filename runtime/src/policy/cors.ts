/** Which pages of other origins may call the API with a browser (Fetch standard, "CORS protocol"). */

/** The pages of other origins that may call an API (Fetch standard, CORS protocol). */
export interface Cors {
  /** Exact origins, such as `https://app.example.com`; or `*` alone: every origin. */
  readonly origins: readonly string[];
  /** Request headers that a page may set, in lower case. */
  readonly headers: readonly string[];
  /** Whether browsers may send cookies with these calls. */
  readonly credentials: boolean;
  /** How long a browser may remember the answer to a preflight request, in seconds. */
  readonly maxAgeSeconds: number;
}

export const ANY_ORIGIN = '*';

/** Response headers that pages may read: what clients go by, beside those that every page may read. */
export const EXPOSED_HEADERS: readonly string[] = [
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
];
