import type { NextFunction, Request, Response } from '../../../peer-types';
import { refuse } from '../../../http/answer';
import { routeOf } from '../../../http/route-of';
import { AMBIGUOUS_CREDENTIALS, forbidden, SESSION_UNKNOWN, unavailable } from '../../request/challenge';
import { ProviderRefusedError, ProviderUnavailableError } from '../../provider/errors';
import { cookiesOf, type Cookies } from '../cookies/cookies';
import type { LoginParts } from '../parts';
import { SessionsUnavailableError, SessionTooLargeError } from '../session/errors';
import { revocableSession } from '../session/revocable';
import type { Session } from '../session/session';
import { isFromHere } from './same-origin';

/**
 * Lets a request that brings a session go on as if it had brought the session's access token, so that
 * `requireAuth()` verifies both alike. A request that brings both is refused (RFC 6750 §3.1), and so is one that
 * another site caused.
 */
export async function sessionAsBearer(
  parts: LoginParts,
  req: Request,
  res: Response,
  next: NextFunction,
): Promise<void> {
  const { origin, session: cookie, ended, onEvent } = parts;
  const cookies = cookiesOf(req);
  if (!cookie.isIn(cookies)) {
    next();
    return;
  }
  if (req.headers.authorization !== undefined) {
    refuse(res, AMBIGUOUS_CREDENTIALS);
    return;
  }
  if (!isFromHere(req, origin)) {
    onEvent({ type: 'cross_site_refused', method: req.method });
    refuse(res, forbidden('This request does not come from a page of this site'));
    return;
  }
  let session: Session | undefined;
  try {
    session = await cookie.read(cookies);
    if (!session) cookie.clear(res, cookies);
    // The cookie of a session that is over stays: with it, logging out still ends the session at the provider. So does
    // that of one that was ended here: by now, the browser may have been given another in its place.
    else if (!cookie.isOver(session) && !ended.has(session)) {
      if (!(await goOn(parts, session, cookies, req, res))) return;
    }
  } catch (error) {
    if (error instanceof ProviderUnavailableError || error instanceof SessionsUnavailableError) {
      refuse(res, unavailable(error instanceof ProviderUnavailableError ? error.retryAfterSeconds : 1));
      return;
    }
    const cause = endOf(error);
    if (session && !ended.has(session)) onEvent({ type: 'session_ended', subject: session.subject, cause });
    cookie.clear(res, cookies, () => !(session && ended.has(session)));
  }
  if (!res.headersSent) next();
}

/** Gives the request its token. @returns whether it goes on: `false` if it was answered. */
async function goOn(
  parts: LoginParts,
  session: Session,
  cookies: Cookies,
  req: Request,
  res: Response,
): Promise<boolean> {
  const { policy, session: cookie, renewals, ended, revocations, tokenRules } = parts;
  const stateNow = () => revocations?.sessionState(revocableSession(session, tokenRules));
  const state = stateNow();
  if (state === 'revoked') throw new ProviderRefusedError(tokenRules.issuer, 'revoked');
  if (state === 'unknown' && routeOf(policy, req)?.sensitive) {
    refuse(res, SESSION_UNKNOWN);
    return false;
  }
  const usable = await renewals.usable(session);
  // Meanwhile, somebody else may have logged in, whose cookie must stay.
  const isWanted = (): boolean => !ended.has(session) && stateNow() !== 'revoked';
  if (usable.session !== session) await written(parts, res, cookies, usable.session, isWanted);
  if (usable.coming) cookie.writeInTime(res, cookies, usable.coming, isWanted);
  // The answer is about a person: no shared cache may keep it, nor the browser's after logout.
  res.set('Cache-Control', 'no-store');
  req.headers.authorization = `Bearer ${usable.session.accessToken}`;
  return true;
}

/** While Redis cannot keep it, what is kept there leads to it for a while, and the next request tries again. */
async function written(
  parts: LoginParts,
  res: Response,
  cookies: Cookies,
  session: Session,
  isWanted: () => boolean,
): Promise<void> {
  await parts.session.write(res, cookies, session, isWanted).catch((error: unknown) => {
    if (!(error instanceof SessionsUnavailableError)) throw error;
  });
}

/** Why a session is over. @throws what is no reason for that. */
function endOf(error: unknown): string {
  if (error instanceof ProviderRefusedError) return error.reason;
  if (error instanceof SessionTooLargeError) return error.message;
  throw error;
}
