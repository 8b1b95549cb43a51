import type { NextFunction, Request, Response } from 'express';
import { routeOf } from '../../../http/route-of';
import { refuseAmbiguous, refuseForbidden, refuseSession, refuseUnavailable } from '../../challenge';
import { ProviderRefusedError, ProviderUnavailableError } from '../../provider/errors';
import { cookiesOf } from '../cookies/cookies';
import type { LoginParts } from '../parts';
import { revocableSession } from '../session/revocable';
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
  const { origin, policy, session: cookie, renewals, revocations, tokenRules, onEvent } = parts;
  const cookies = cookiesOf(req);
  if (!cookie.isIn(cookies)) {
    next();
    return;
  }
  if (req.headers.authorization !== undefined) {
    refuseAmbiguous(res);
    return;
  }
  if (!isFromHere(req, origin)) {
    onEvent({ type: 'cross_site_refused', method: req.method });
    refuseForbidden(res, 'This request does not come from a page of this site');
    return;
  }

  const session = await cookie.read(cookies);
  if (session && cookie.isOver(session)) {
    // The cookie stays: with it, logging out still ends the session at the provider.
    next();
    return;
  }
  const state = session && revocations?.sessionState(revocableSession(session, tokenRules));
  if (session && state === 'revoked') {
    onEvent({ type: 'session_ended', subject: session.subject, cause: 'revoked' });
    cookie.clear(res, cookies);
    next();
    return;
  }
  if (state === 'unknown' && routeOf(policy, req)?.sensitive) {
    refuseSession(res);
    return;
  }
  try {
    const usable = session && (await renewals.usable(session));
    if (usable) {
      if (usable.session !== session) await cookie.write(res, cookies, usable.session);
      if (usable.coming) cookie.writeInTime(res, cookies, usable.coming);
      // The answer is about a person: no shared cache may keep it, nor the browser's after logout.
      res.set('Cache-Control', 'no-store');
      req.headers.authorization = `Bearer ${usable.session.accessToken}`;
    } else cookie.clear(res, cookies);
  } catch (error) {
    if (error instanceof ProviderUnavailableError) {
      refuseUnavailable(res, error.retryAfterSeconds);
      return;
    }
    if (!(error instanceof ProviderRefusedError)) throw error;
    if (session) onEvent({ type: 'session_ended', subject: session.subject, cause: error.reason });
    cookie.clear(res, cookies);
  }
  next();
}
