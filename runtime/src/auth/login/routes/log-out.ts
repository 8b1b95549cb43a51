/** `POST /auth/logout` ends a session, here and at the provider (RP-Initiated Logout 1.0). */
import type { Request, Response } from '../../../peer-types';
import { redirect, refuse } from '../../../http/answer';
import { forbidden } from '../../request/challenge';
import { ProviderRefusedError } from '../../provider/errors';
import { cookiesOf } from '../cookies/cookies';
import type { LoginParts } from '../parts';
import { endSession, unknownSession } from './end-session';
import { isFromHere } from './same-origin';

export async function logOut(parts: LoginParts, req: Request, res: Response): Promise<void> {
  const { provider, session: cookie, renewals, origin, basePath, logoutParameter, onEvent } = parts;
  const start = `${basePath}/`;
  if (!isFromHere(req, origin)) {
    onEvent({ type: 'cross_site_refused', method: req.method });
    refuse(res, forbidden('This request does not come from a page of this site'));
    return;
  }
  const cookies = cookiesOf(req);
  const brought = await cookie.read(cookies).catch(unknownSession);
  cookie.clear(res, cookies);
  if (!brought) {
    redirect(res, start);
    return;
  }
  const session = await renewals.latest(brought).catch(() => brought);
  const { subject, accessToken, refreshToken, idToken } = session;
  await endSession(parts, session);
  const answers = await provider.revoke(refreshToken ?? accessToken).then(
    () => true,
    (error: unknown) => error instanceof ProviderRefusedError,
  );
  onEvent({ type: 'logged_out', subject });
  const elsewhere = provider.endSessionUrl(
    logoutParameter === undefined
      ? {
          ...(idToken !== undefined && { id_token_hint: idToken }),
          post_logout_redirect_uri: origin + start,
        }
      : { [logoutParameter]: origin + start },
  );
  // A browser must not be sent to a provider that does not answer: here, its person is logged out in any case.
  redirect(res, (answers ? elsewhere : undefined) ?? start);
}
