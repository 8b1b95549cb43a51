import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Middleware, Next } from '../http/middleware';
import { AMBIGUOUS_PATH, refuse, type ErrorAnswer } from '../http/answer';
import { answerPreflight, corsHeaders } from '../http/cors';
import { isAmbiguous, routeOf } from '../http/route-of';
import { together } from '../http/together';
import type { Route } from '../policy';
import { makeAuthentication } from './request/authentication';
import { credentialsOf, isToken } from './request/bearer';
import { recognise } from './caller';
import { AMBIGUOUS_CREDENTIALS, NO_CREDENTIALS } from './request/challenge';
import type { AuthContext } from './context';
import { TokenError } from './errors';
import { resolveAuth, type AuthOptions } from './options';
import type { TokenVerifier } from './token/token-verifier';

/** A middleware that verifies tokens. It fetches the keys of its issuers from the moment it is made, until `close()`. */
export interface AuthMiddleware extends Middleware, Pick<TokenVerifier, 'readiness' | 'close'> {}

/**
 * Admits requests with a good access token, and sets `req.auth`. All others are answered (RFC 6750 §3): 401
 * `unauthorized`, `token_expired` or `invalid_token`; 400 `invalid_request`; 503 `temporarily_unavailable` while the
 * issuer's keys cannot be fetched, or, on a `sensitive` route, while it is not known what was revoked. Routes that the
 * policy marks `public` pass without a token. A path that servers read differently (`/files/../admin`) is answered 400
 * `invalid_request` on every route.
 *
 * If the policy has `cors`, it answers preflight requests, and every answer, refusals included, says which pages may read
 * it. Mount it before anything else that may answer a page of another origin.
 *
 * @throws AuthOptionsError with every problem of the options at once.
 *
 * @example
 * app.use(requireAuth({ policy }));
 */
export function requireAuth(options: AuthOptions): AuthMiddleware {
  return middleware(options, true);
}

/**
 * As {@link requireAuth}, but a request without an Authorization header goes on, without `req.auth`. A request
 * with bad credentials is refused all the same: its sender takes them for good ones.
 *
 * @throws AuthOptionsError with every problem of the options at once.
 */
export function optionalAuth(options: AuthOptions): AuthMiddleware {
  return middleware(options, false);
}

function middleware(options: AuthOptions, required: boolean): AuthMiddleware {
  const resolved = resolveAuth(options);
  const { policy, limiter } = resolved;
  const cors = corsHeaders(policy);
  const authentication = makeAuthentication(resolved);

  function authenticate(
    token: string,
    route: Route | undefined,
    req: IncomingMessage,
    res: ServerResponse,
    next: Next,
  ): void {
    let verified: AuthContext | Promise<AuthContext>;
    try {
      verified = authentication.verify(token, req);
    } catch (error) {
      reject(error, token, req, res, next);
      return;
    }
    // A token that is known, or comes alone, goes on in the same turn: no promise, no microtask.
    if (!(verified instanceof Promise)) {
      admit(verified, route, req, res, next);
      return;
    }
    verified
      .then(
        (auth) => admit(auth, route, req, res, next),
        (error: unknown) => reject(error, token, req, res, next),
      )
      .catch(next);
  }

  function admit(
    auth: AuthContext,
    route: Route | undefined,
    req: IncomingMessage,
    res: ServerResponse,
    next: Next,
  ): void {
    const refused = authentication.refusalNow(route);
    if (refused !== undefined) {
      refuse(res, refused);
    } else if (!res.headersSent) {
      req.auth = auth;
      next();
    }
  }

  function reject(
    error: unknown,
    token: string,
    req: IncomingMessage,
    res: ServerResponse,
    next: Next,
  ): void {
    // What was verified had the characters of a token. Of what is refused, it is looked up only now.
    if (error instanceof TokenError && !isToken(token)) {
      failed(req, res, next, NO_CREDENTIALS);
      return;
    }
    const refused = authentication.refusalOf(error);
    if (refused === undefined) next(error);
    else if (!(error instanceof TokenError)) refuse(res, refused);
    // `expired` is what is found last: nothing else is wrong with such a token.
    else failed(req, res, next, refused, error.reason === 'expired' ? token : undefined);
  }

  function failed(
    req: IncomingMessage,
    res: ServerResponse,
    next: Next,
    refused: ErrorAnswer,
    expiredToken?: string,
  ): void {
    const answer = (): void => refuse(res, refused);
    if (limiter === undefined) answer();
    else limiter.authenticationFailed(req, res, answer, expiredToken).catch(next);
  }

  /** On a public route nobody is asked who they are. A token that was verified before tells the limiter. */
  function recogniseCaller(req: IncomingMessage): void {
    const credentials = credentialsOf(req);
    const caller = credentials.kind === 'token' ? authentication.known(credentials.token) : undefined;
    if (caller !== undefined) recognise(req, caller);
  }

  function handle(req: IncomingMessage, res: ServerResponse, next: Next): void {
    const isPreflight = cors?.(req, res) === true;
    const route = routeOf(policy, req);
    if (isAmbiguous(req, route)) {
      refuse(res, AMBIGUOUS_PATH);
      return;
    }
    // A browser asks before it has anything to show: no token, and nothing to count.
    if (isPreflight) {
      answerPreflight(res);
      return;
    }
    if (route?.public) {
      if (limiter !== undefined) recogniseCaller(req);
      next();
      return;
    }
    const credentials = credentialsOf(req);
    if (credentials.kind === 'ambiguous') failed(req, res, next, AMBIGUOUS_CREDENTIALS);
    else if (credentials.kind === 'token') authenticate(credentials.token, route, req, res, next);
    else if (required || req.headers.authorization !== undefined) failed(req, res, next, NO_CREDENTIALS);
    else next();
  }

  return Object.assign(together(handle), {
    readiness: () => authentication.readiness(),
    close: () => authentication.close(),
  });
}
