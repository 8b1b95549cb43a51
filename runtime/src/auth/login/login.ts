import type { RequestHandler } from '../../peer-types';
import parseurl from 'parseurl';
import { routeOf } from '../../http/route-of';
import { systemClock, type Clock } from '../../time/clock';
import { resolveLogin, type LoginOptions, type ResolvedLogin } from './options';
import { makeParts, type AnyProvider, type LoginParts } from './parts';
import { finishLogin, startLogin } from './routes/log-in';
import { logOut } from './routes/log-out';
import { sessionAsBearer } from './routes/session-as-bearer';

/** The middleware of a login. It fetches the provider's discovery document from the moment it is made. */
export interface LoginMiddleware extends RequestHandler {
  /** Whether the provider was found: until then nobody can log in. */
  readiness(): { readonly ready: boolean; readonly waitingFor: readonly string[] };
  /** Stops trying to reach the provider. */
  close(): void;
}

interface LoginRoute {
  readonly methods: readonly string[];
  readonly answer: (parts: LoginParts, ...request: Parameters<RequestHandler>) => Promise<void>;
}

const ROUTES: ReadonlyMap<string, LoginRoute> = new Map([
  ['/auth/login', { methods: ['GET', 'HEAD'], answer: startLogin }],
  // No HEAD: it would redeem the code, and leave the GET that follows without one.
  ['/auth/callback', { methods: ['GET'], answer: finishLogin }],
  ['/auth/logout', { methods: ['POST'], answer: logOut }],
]);

/**
 * Login for people, by OpenID Connect: the browser gets a sealed cookie, never a token.
 *
 * - `GET /auth/login?returnTo=/path` redirects to the provider (Authorization Code, PKCE S256, state, nonce);
 * - `GET /auth/callback` receives its response (`iss` is checked, RFC 9207) and redirects to `returnTo`;
 * - `POST /auth/logout` ends the session, here and at the provider (RP-Initiated Logout 1.0);
 * - every other request with the cookie is given an Authorization header, which `requireAuth()` verifies like any other:
 *   mount it after this. Tokens are renewed on the way.
 *
 * If `redirectUri` has a path before `/auth/callback`, these routes are below it; a proxy may strip that path.
 *
 * It answers 503 with Retry-After while the provider is needed and does not answer, 403 to requests that another site
 * caused, and 400 to requests with both a cookie and an Authorization header.
 *
 * @throws AuthOptionsError with every problem of the options at once.
 *
 * @example
 * app.use(login({ policy, clientId, clientSecret, redirectUri, encryptionKeys: [key] }));
 * app.use(requireAuth({ policy }));
 */
export function login(options: LoginOptions): LoginMiddleware {
  return makeLogin(resolveLogin(options), systemClock);
}

/** As {@link login}, with a clock that tests can move, and a provider that answers what they say. */
export function makeLogin(options: ResolvedLogin, clock: Clock, provider?: AnyProvider): LoginMiddleware {
  const { policy } = options;
  const parts = makeParts(options, clock, provider);
  const { basePath } = parts;

  const handle: RequestHandler = (req, res, next) => {
    const path = parseurl.original(req)?.pathname ?? '';
    const route = ROUTES.get(path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path);
    if (route?.methods.includes(req.method)) route.answer(parts, req, res, next).catch(next);
    else if (route) res.set('Allow', route.methods.join(', ')).status(405).end();
    else if (routeOf(policy, req)?.public === true) next();
    else sessionAsBearer(parts, req, res, next).catch(next);
  };
  return Object.assign(handle, {
    readiness: () => {
      const { known, issuer } = parts.provider;
      return { ready: known, waitingFor: known ? [] : [issuer] };
    },
    close: () => parts.provider.close(),
  });
}
