/** `GET /auth/login` takes a browser to the provider, `GET /auth/callback` takes it back from there. */
import type { Request, Response } from '../../../peer-types';
import { redirect } from '../../../http/answer';
import { ProviderRefusedError, ProviderUnavailableError } from '../../provider/errors';
import { cookiesOf, type Cookies } from '../cookies/cookies';
import type { LoginFailure } from '../events';
import { endSession, unknownSession } from './end-session';
import { refuseLogin } from './failure-page';
import type { LoginParts } from '../parts';
import { safeReturnTo } from './return-to';
import { SessionsUnavailableError, SessionTooLargeError } from '../session/errors';
import { newSession } from '../session/session';

export async function startLogin(parts: LoginParts, req: Request, res: Response): Promise<void> {
  const { provider, pendingLogins, origin, basePath, redirectUri, scope, target, parameters } = parts;
  try {
    const returnTo = safeReturnTo(queryOf(req).get('returnTo'), origin, basePath);
    const { url, checks } = await provider.begin({
      ...parameters,
      ...target,
      ...{ redirect_uri: redirectUri.href, scope },
    });
    await pendingLogins.start(res, cookiesOf(req), { checks, returnTo });
    redirect(res, url);
  } catch (error) {
    fail(parts, req, res, error);
  }
}

export async function finishLogin(parts: LoginParts, req: Request, res: Response): Promise<void> {
  const { provider, pendingLogins, session, clock, redirectUri, target, onEvent } = parts;
  const cookies = cookiesOf(req);
  const response = new URL(redirectUri);
  response.search = queryOf(req).toString();
  const state = response.searchParams.get('state') ?? '';
  const pending = await pendingLogins.find(cookies, state);
  if (!pending) {
    onEvent({ type: 'login_failed', reason: 'unknown' });
    refuseLogin(req, res, 'unknown');
    return;
  }
  try {
    const tokens = await provider.redeem(response, pending.checks, target);
    const { subject = '' } = tokens;
    pendingLogins.finish(res, state);
    await session.write(res, cookies, newSession(tokens, subject, clock.wall()));
    await endEarlier(parts, cookies);
    onEvent({ type: 'logged_in', subject });
    redirect(res, pending.returnTo);
  } catch (error) {
    // While the provider does not answer, reloading the page is another try.
    if (error instanceof ProviderRefusedError) pendingLogins.finish(res, state);
    fail(parts, req, res, error);
  }
}

/**
 * Ends the session that the browser had until now. Its refresh token is left to the provider: where the same person
 * logged in again, both sessions are of one grant, which would end with it (RFC 7009 §2.1).
 */
async function endEarlier(parts: LoginParts, cookies: Cookies): Promise<void> {
  const { session: cookie, onEvent } = parts;
  const earlier = await cookie.read(cookies).catch(unknownSession);
  if (!earlier) return;
  await endSession(parts, earlier);
  if (!cookie.isOver(earlier))
    onEvent({ type: 'session_ended', subject: earlier.subject, cause: 'another_login' });
}

function fail({ onEvent }: LoginParts, req: Request, res: Response, error: unknown): void {
  const tell = (reason: LoginFailure, cause: string): void =>
    onEvent({ type: 'login_failed', reason, cause });
  if (error instanceof ProviderUnavailableError) {
    tell('unavailable', error.why);
    refuseLogin(req, res, 'unavailable', error.retryAfterSeconds);
    return;
  }
  if (error instanceof SessionsUnavailableError) {
    tell('unavailable', error.message);
    refuseLogin(req, res, 'unavailable', 1);
    return;
  }
  if (error instanceof SessionTooLargeError) {
    tell('too_large', error.message);
    refuseLogin(req, res, 'too_large');
    return;
  }
  if (!(error instanceof ProviderRefusedError)) throw error;
  const reason = error.reason === 'access_denied' ? 'denied' : 'refused';
  tell(reason, error.reason);
  refuseLogin(req, res, reason);
}

/** Read from the URL as it arrived: an app may have set another query parser. */
function queryOf(req: Request): URLSearchParams {
  const { originalUrl } = req;
  const start = originalUrl.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : originalUrl.slice(start + 1));
}
