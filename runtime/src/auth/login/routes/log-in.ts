/** What answers under `/auth`: each takes a browser to the provider, or back from there. */
import { decodeJwt } from 'jose';
import type { Request, Response } from 'express';
import { refuseForbidden } from '../../challenge';
import { ProviderRefusedError, ProviderUnavailableError } from '../../provider/errors';
import { cookiesOf } from '../cookies/cookies';
import type { LoginFailure } from '../events';
import { refuseLogin } from './failure-page';
import type { LoginParts } from '../login';
import { safeReturnTo } from './return-to';
import { isFromHere } from './same-origin';
import { newSession } from '../session/session';

interface LoginRoute {
  readonly method: 'GET' | 'POST';
  readonly answer: (parts: LoginParts, req: Request, res: Response) => Promise<void>;
}

export const loginRoutes: ReadonlyMap<string, LoginRoute> = new Map([
  ['/auth/login', { method: 'GET', answer: startLogin }],
  ['/auth/callback', { method: 'GET', answer: finishLogin }],
  ['/auth/logout', { method: 'POST', answer: logOut }],
]);

async function startLogin(parts: LoginParts, req: Request, res: Response): Promise<void> {
  const { provider, transactions, origin, redirectUri, scope, resource } = parts;
  try {
    const returnTo = safeReturnTo(queryOf(req).get('returnTo'), origin);
    const { url, checks } = await provider.begin({ redirect_uri: redirectUri.href, scope, resource });
    await transactions.start(res, cookiesOf(req), { checks, returnTo });
    redirect(res, url);
  } catch (error) {
    fail(parts, req, res, error);
  }
}

async function finishLogin(parts: LoginParts, req: Request, res: Response): Promise<void> {
  const { provider, transactions, session, clock, redirectUri, resource, onEvent } = parts;
  const cookies = cookiesOf(req);
  const response = new URL(redirectUri);
  response.search = queryOf(req).toString();
  const state = response.searchParams.get('state') ?? '';
  const transaction = await transactions.find(cookies, state);
  if (!transaction) {
    onEvent({ type: 'login_failed', reason: 'unknown' });
    refuseLogin(req, res, 'unknown');
    return;
  }
  try {
    const tokens = await provider.redeem(response, transaction.checks, { resource });
    const { subject = '' } = tokens;
    transactions.finish(res, state);
    await session.write(res, cookies, newSession(tokens, subject, clock.wall()));
    onEvent({ type: 'logged_in', subject });
    redirect(res, transaction.returnTo);
  } catch (error) {
    // While the provider does not answer, reloading the page is another try.
    if (error instanceof ProviderRefusedError) transactions.finish(res, state);
    fail(parts, req, res, error);
  }
}

async function logOut(parts: LoginParts, req: Request, res: Response): Promise<void> {
  const { provider, session: cookie, renewals, origin, onEvent } = parts;
  if (!isFromHere(req, origin)) {
    onEvent({ type: 'cross_site_refused', method: req.method });
    refuseForbidden(res, 'This request does not come from a page of this site');
    return;
  }
  const cookies = cookiesOf(req);
  const brought = await cookie.read(cookies);
  cookie.clear(res, cookies);
  if (!brought) {
    redirect(res, '/');
    return;
  }
  const session = await renewals.latest(brought).catch(() => brought);
  const { subject, accessToken, refreshToken, idToken } = session;
  await revokeAccessToken(parts, accessToken);
  const answers = await provider.revoke(refreshToken ?? accessToken).then(
    () => true,
    (error: unknown) => error instanceof ProviderRefusedError,
  );
  onEvent({ type: 'logged_out', subject });
  const elsewhere = provider.endSessionUrl({
    ...(idToken !== undefined && { id_token_hint: idToken }),
    post_logout_redirect_uri: `${origin}/`,
  });
  // A browser must not be sent to a provider that does not answer: here, its person is logged out in any case.
  redirect(res, (answers ? elsewhere : undefined) ?? '/');
}

function fail({ onEvent }: LoginParts, req: Request, res: Response, error: unknown): void {
  const tell = (reason: LoginFailure, cause: string): void =>
    onEvent({ type: 'login_failed', reason, cause });
  if (error instanceof ProviderUnavailableError) {
    tell('unavailable', error.why);
    refuseLogin(req, res, 'unavailable', error.retryAfterSeconds);
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

function redirect(res: Response, url: string): void {
  res.set('Cache-Control', 'no-store');
  res.redirect(303, url);
}

async function revokeAccessToken(parts: LoginParts, accessToken: string): Promise<void> {
  const { revocations, provider, onEvent } = parts;
  const jti = tokenIdOf(accessToken);
  if (!revocations || jti === undefined) return;
  try {
    await revocations.revoke({ issuer: provider.issuer, jti });
  } catch (error) {
    // Nobody is kept from logging out: the token lives on for its last minutes, and an operator is told.
    onEvent({
      type: 'access_token_not_revoked',
      cause: error instanceof Error ? error.message : String(error),
    });
  }
}

function tokenIdOf(accessToken: string): string | undefined {
  try {
    return decodeJwt(accessToken).jti;
  } catch {
    // Not a JWT: nothing to tell it apart by.
    return undefined;
  }
}
