import { AMBIGUOUS_PATH, type ErrorAnswer } from '../http/answer';
import { valuesOf, type RequestHeaders } from '../http/request-headers';
import { isAmbiguous, routeOf, type Routed } from '../http/route-of';
import type { Route } from '../policy';
import { makeAuthentication } from './request/authentication';
import { authorizationsOf, credentialsOf, isToken } from './request/bearer';
import { AMBIGUOUS_CREDENTIALS, NO_CREDENTIALS } from './request/challenge';
import type { AuthContext } from './context';
import { denialOf } from './request/enforce';
import { RequestRefusedError } from './errors';
import { resolveAuth, type AuthOptions } from './options';
import type { TokenVerifier } from './token/token-verifier';

/**
 * The parts of a request that a verifier reads. Node's `IncomingMessage` has them, and so has a `Request` of the Fetch
 * standard; a job needs none.
 */
export interface VerifiedRequest extends Routed {
  /** Header names and values in turn, as Node has them: they show whether Authorization was sent twice. */
  readonly rawHeaders?: readonly string[] | undefined;
  /** The body, if it was parsed already: a form must not hold a token (RFC 6750 §2.2). */
  readonly body?: unknown;
}

/** Options of `createVerifier()`: those of `requireAuth()` without the ones that need Node's requests. */
export interface CreateVerifierOptions<Given extends object = VerifiedRequest> extends Omit<
  AuthOptions,
  'chooseOrganisation' | 'limiter'
> {
  /**
   * As for `requireAuth()`, called with the request that `verify()` or `authenticate()` was given.
   * @default a token that names several organisations is refused
   */
  readonly chooseOrganisation?: (
    organisations: readonly string[],
    request: Given | undefined,
  ) => string | undefined;
}

/**
 * Verifies tokens outside of Express: in another framework, in the handshake of a WebSocket, in a worker. Where the
 * middleware sends an answer, it throws; {@link answerTo} turns the error into the same answer.
 */
export interface Verifier<Given extends object = VerifiedRequest> extends Pick<
  TokenVerifier,
  'readiness' | 'close'
> {
  /**
   * Verifies an access token.
   *
   * @param request is passed to `chooseOrganisation`, and not read otherwise.
   * @throws TokenError if the token is refused or was revoked.
   * @throws KeysUnavailableError while the keys of its issuer cannot be fetched.
   */
  verify(token: string, request?: Given): Promise<AuthContext>;
  /**
   * Verifies the token of an Authorization header (RFC 6750 §2.1), for any route.
   *
   * @throws RequestRefusedError if there is no token, or more than one.
   * @throws TokenError, KeysUnavailableError as {@link verify}.
   */
  authenticate(headers: RequestHeaders): Promise<AuthContext>;
  /**
   * As `requireAuth()` does: the route counts as well, if the request has a `url`, its target as it was received.
   *
   * @returns `undefined` for a route that the policy marks `public`: its tokens are not read.
   * @throws RequestRefusedError also for a path that servers read differently, and for a `sensitive` route while it is not
   *   known what was revoked.
   */
  authenticate(headers: RequestHeaders, request: Given): Promise<AuthContext | undefined>;
  /** The policy's route for a request, as `limiter.consume({ client, route })` takes it. */
  routeOf(request: Given): Route | undefined;
  /**
   * As `enforce()` does: checks that a caller may call the request's route.
   *
   * @param caller may be `undefined` for a public route.
   * @throws RequestRefusedError if the caller lacks a scope, or the policy does not list the route.
   */
  enforce(caller: AuthContext | undefined, request: Given): void;
}

/**
 * Makes a verifier. It fetches the keys of its issuers from now on, until `close()`.
 *
 * @throws AuthOptionsError with every problem of the options at once.
 *
 * @example
 * const verifier = createVerifier({ policy });
 * const caller = await verifier.authenticate(request.headers, request);
 */
export function createVerifier<Given extends object = VerifiedRequest>(
  options: CreateVerifierOptions<Given>,
): Verifier<Given> {
  const authentication = makeAuthentication(resolveAuth(options as AuthOptions, 'createVerifier()'));
  const { policy } = authentication;

  async function verify(token: string, request?: Given): Promise<AuthContext> {
    try {
      return await authentication.verify(token, request);
    } catch (error) {
      authentication.refusalOf(error);
      throw error;
    }
  }

  async function authenticate(headers: RequestHeaders, request?: Given): Promise<AuthContext | undefined> {
    const seen = seenOf(headers, request);
    const route = routeOf(policy, seen);
    if (isAmbiguous(seen, route)) throw new RequestRefusedError(AMBIGUOUS_PATH);
    if (route?.public) return undefined;
    const credentials = credentialsOf(seen);
    if (credentials.kind === 'ambiguous') throw new RequestRefusedError(AMBIGUOUS_CREDENTIALS);
    if (credentials.kind === 'none' || !isToken(credentials.token))
      throw new RequestRefusedError(NO_CREDENTIALS);
    const caller = await verify(credentials.token, request);
    throwIf(authentication.refusalNow(route));
    return caller;
  }

  return {
    verify,
    authenticate: authenticate as Verifier<Given>['authenticate'],
    routeOf: (request) => routeOf(policy, seenOf({}, request)),
    enforce: (caller, request) => {
      const seen = seenOf({}, request);
      const route = routeOf(policy, seen);
      throwIf(isAmbiguous(seen, route) ? AMBIGUOUS_PATH : denialOf(route, caller));
    },
    readiness: () => authentication.readiness(),
    close: () => authentication.close(),
  };
}

function throwIf(refused: ErrorAnswer | undefined): void {
  if (refused !== undefined) throw new RequestRefusedError(refused);
}

/** The request in the shape in which the middleware's own parts read Node's. */
function seenOf(
  headers: RequestHeaders,
  request: VerifiedRequest = {},
): Parameters<typeof credentialsOf>[0] & Routed {
  const { method, url, originalUrl, rawHeaders, body } = request;
  const authorizations = authorizationsOf(headers);
  return {
    method,
    url: originalUrl ?? url,
    rawHeaders,
    body,
    headers: {
      authorization: authorizations.length > 1 ? authorizations : authorizations[0],
      'content-type': valuesOf(headers, 'content-type')[0],
    },
  };
}
