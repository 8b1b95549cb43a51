/** What is looked at, each with what it says to people, and how bad it is when it does not hold. */
export const CHECKS = {
  'no-token': { about: 'a call without a token is refused', grade: 'danger' },
  'garbage-token': { about: 'a token that is none is refused', grade: 'danger' },
  'altered-token': { about: 'a token whose signature does not fit is refused', grade: 'danger' },
  'unsigned-token': { about: 'a token without a signature is refused', grade: 'danger' },
  'expired-token': { about: 'a token that has expired is refused', grade: 'danger' },
  'wrong-scheme': { about: 'credentials of another scheme than Bearer are refused', grade: 'danger' },
  'missing-scope': { about: 'each scope of the route is asked for', grade: 'danger' },
  'let-in': { about: 'who holds the scopes of the route gets through', grade: 'notice' },
  head: { about: 'HEAD is protected as GET is', grade: 'danger' },
  'other-case': { about: 'a path in capitals is no way around', grade: 'danger' },
  'trailing-slash': { about: 'a slash at the end is no way around', grade: 'danger' },
  'dot-segments': { about: 'dot segments are no way around', grade: 'danger' },
  'unlisted-method': { about: 'a method that the policy does not list is refused', grade: 'danger' },
  'unlisted-path': { about: 'a path that the policy does not list is refused', grade: 'danger' },
  'other-mount': { about: 'routes are at no second place', grade: 'danger' },
  'other-organisation': { about: "another organisation's resource is refused", grade: 'danger' },
  preflight: { about: "browsers are told what the policy's `cors` says", grade: 'danger' },
  limits: { about: 'answers state the limits of the policy, truthfully', grade: 'danger' },
  answer: {
    about: 'refusals have the words, the challenge and the headers that are promised',
    grade: 'notice',
  },
  echo: { about: 'no answer repeats a token', grade: 'danger' },
  headers: { about: 'answers have security headers and tell nothing of the server', grade: 'notice' },
  tls: { about: 'TLS 1.2 or newer, and for good', grade: 'danger' },
} as const satisfies Readonly<Record<string, { about: string; grade: 'danger' | 'notice' }>>;

export type CheckName = keyof typeof CHECKS;

/** What came of one check of one thing. */
export interface Result {
  readonly check: CheckName;
  /** The route, or the path: `GET /api/orders`. */
  readonly subject: string;
  /** `unverified`: it could not be looked at, or an answer tells neither. It is never `verified`. */
  readonly outcome: 'verified' | 'deviates' | 'unverified';
  /** What was found, what was expected. Holds no token and nothing that an answer said but its status and known names. */
  readonly sentence: string;
}
