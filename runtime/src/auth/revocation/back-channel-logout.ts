import { hash } from 'node:crypto';
import { urlencoded } from 'express';
import type { Request, RequestHandler, Response } from '../../peer-types';
import { LRUCache } from 'lru-cache';
import { refuse } from '../../http/answer';
import { systemClock } from '../../time/clock';
import { KeysUnavailableError, TokenError } from '../errors';
import { fetchJsonOrProxied } from '../proxy';
import { jwksUriOf } from '../keys/jwks-uri';
import { KeySet } from '../keys/key-set';
import { RevocationNotStoredError } from './errors';
import { verifyLogoutToken } from './logout-token';
import { resolveBackChannelLogout, type BackChannelLogoutOptions } from './options';

/** A handler that receives logout tokens. It fetches its issuer's keys from the moment it is made, until `close()`. */
export interface BackChannelLogout extends RequestHandler {
  /** Stops fetching keys in the background. */
  close(): void;
}

/** A form with one token in it. */
const LARGEST_BODY_BYTES = 16_384;
const MOST_PARAMETERS = 16;

/** How many logout tokens are remembered. One that was forgotten and comes again revokes only what it did before. */
const REMEMBERED = 10_000;

/**
 * Receives the provider's notice of a logout (OpenID Connect Back-Channel Logout 1.0). It verifies the logout token and
 * revokes the access tokens of the session, or all of the subject's if it names no session. It answers 200 once Redis has
 * the revocation, otherwise 400 (§2.8). Mount it before `requireAuth()`: the provider sends no access token, only its
 * logout token.
 *
 * @throws AuthOptionsError with every problem of the options at once.
 *
 * @example
 * app.post('/auth/backchannel-logout', backChannelLogout({ revocations, issuer, clientId: 'fintech-web' }));
 */
export function backChannelLogout(options: BackChannelLogoutOptions): BackChannelLogout {
  const { revocations, rules, jwksUri, discoveryUrl, onEvent } = resolveBackChannelLogout(options);
  const { issuer } = rules;
  const keys = new KeySet({
    issuer,
    locate: () => jwksUriOf({ issuer, jwksUri, discoveryUrl }, fetchJsonOrProxied),
    fetchJson: fetchJsonOrProxied,
    clock: systemClock,
    onEvent,
    onWithdrawn: () => undefined,
  });
  const received = new LRUCache<string, true>({ max: REMEMBERED });
  const parseForm: RequestHandler = urlencoded({
    extended: false,
    limit: LARGEST_BODY_BYTES,
    parameterLimit: MOST_PARAMETERS,
  });

  async function logOut(req: Request): Promise<void> {
    const token = (req.body as Record<string, unknown> | undefined)?.logout_token;
    if (typeof token !== 'string') throw new TokenError('malformed', 'expected one logout_token in a form');
    const { jti, who, issuedAt } = await verifyLogoutToken(token, rules, keys);
    const name = hash('sha256', jti, 'base64');
    if (received.has(name)) throw new TokenError('replayed', 'a logout token that was received before');
    // The provider's clock dates this token and the access tokens alike: no tolerance comes between.
    await revocations.revoke({ issuer, issuedUntil: issuedAt, ...who });
    received.set(name, true);
    onEvent({ type: 'logout_received', issuer, of: 'sid' in who ? 'session' : 'subject' });
  }

  function reject(res: Response, error: unknown): void {
    if (error instanceof TokenError) {
      onEvent({ type: 'logout_refused', issuer, reason: error.reason });
      refuse(res, {
        status: 400,
        body: { error: 'invalid_request', message: 'Logout token validation failed' },
      });
    } else if (error instanceof KeysUnavailableError || error instanceof RevocationNotStoredError) {
      onEvent({ type: 'logout_failed', issuer, cause: error.message });
      const message = 'The logout could not be completed. Try again later.';
      const seconds = error instanceof KeysUnavailableError ? error.retryAfterSeconds : 1;
      refuse(res, {
        status: 400,
        body: { error: 'temporarily_unavailable', message },
        headers: { 'Retry-After': String(seconds) },
      });
    } else throw error;
  }

  const handle: RequestHandler = (req, res, next) => {
    parseForm(req, res, (unreadable: unknown) => {
      const done = unreadable
        ? Promise.reject(new TokenError('malformed', 'the body is no small form'))
        : logOut(req);
      done
        .then(() => res.set('Cache-Control', 'no-store').status(200).end())
        .catch((error: unknown) => reject(res, error))
        .catch(next);
    });
  };
  return Object.assign(handle, { close: () => keys.close() });
}
