/** A login, as the browser keeps it for us. Times are milliseconds since 1970. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Tokens } from '../../provider/provider';

const schema = z.object({
  /** Names the login: the same from its beginning to its end, and no other's. */
  id: z.string(),
  /** How often its tokens were renewed. With `id` it names one state of the login, which has one successor. */
  renewals: z.number(),
  subject: z.string(),
  /** The provider's name for the login, where it has one (OpenID Connect Back-Channel Logout 1.0 §2.1). */
  sid: z.string().optional(),
  /** The `iat` of the login's ID token: seconds, on the provider's clock. */
  issuedAt: z.number(),
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  idToken: z.string().optional(),
  loggedInAt: z.number(),
  /** When the access token was received. */
  renewedAt: z.number(),
  /** When the access token expires. */
  expiresAt: z.number(),
});

export type Session = Readonly<z.output<typeof schema>>;

export interface SessionLimits {
  /** From login to the end, whatever happens. */
  readonly maxAgeMs: number;
  /** From the last renewal to the end. */
  readonly idleMs: number;
}

/** The share of an access token's life after which it is renewed, so that a short outage goes unnoticed. */
const RENEWED_AT = 0.8;

/** A session from what a cookie held. */
export function readSession(value: unknown): Session | undefined {
  return schema.safeParse(value).data;
}

export function newSession(tokens: Tokens, subject: string, now: number): Session {
  const { accessToken, refreshToken, idToken, sid, issuedAt = Math.floor(now / 1_000), lifeSeconds } = tokens;
  return {
    ...{ id: randomUUID(), renewals: 0, subject, sid, issuedAt, accessToken, refreshToken, idToken },
    ...{ loggedInAt: now, renewedAt: now, expiresAt: now + lifeSeconds * 1_000 },
  };
}

/** The same login with new tokens. A provider that sends no new refresh or ID token means: keep the old one. */
export function renewedSession(session: Session, tokens: Tokens, now: number): Session {
  const { accessToken, refreshToken = session.refreshToken, idToken = session.idToken } = tokens;
  return {
    ...session,
    ...{ renewals: session.renewals + 1, sid: tokens.sid ?? session.sid, accessToken, refreshToken, idToken },
    ...{ renewedAt: now, expiresAt: now + tokens.lifeSeconds * 1_000 },
  };
}

/**
 * When the session is over. A person counts as seen when their tokens were renewed, which a request of theirs
 * causes. So the idle limit is exact to within one access token's life, and no cookie is written between two
 * renewals, which could overtake one with newer tokens.
 */
export function endOf(session: Session, { maxAgeMs, idleMs }: SessionLimits): number {
  const end = Math.min(session.loggedInAt + maxAgeMs, session.renewedAt + idleMs);
  return session.refreshToken === undefined ? Math.min(end, session.expiresAt) : end;
}

export function isRenewalDue({ refreshToken, renewedAt, expiresAt }: Session, now: number): boolean {
  return refreshToken !== undefined && now >= renewedAt + (expiresAt - renewedAt) * RENEWED_AT;
}
