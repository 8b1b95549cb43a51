import type { RequestHandler } from 'express';
import parseurl from 'parseurl';
import { routeOf } from '../../http/route-of';
import { harmless } from '../../listener';
import { systemClock, type Clock } from '../../time/clock';
import { ProviderRefusedError, ProviderUnavailableError } from '../provider/errors';
import { Provider } from '../provider/provider';
import { bridge } from './routes/session-as-bearer';
import { alone, handoverThrough } from './session/handover';
import { resolveLogin, type LoginOptions, type ResolvedLogin } from './options';
import { Renewals } from './session/renewals';
import { loginRoutes } from './routes/log-in';
import { Sealer } from './seal';
import { renewedSession, type Session } from './session/session';
import { SessionCookie } from './cookies/session-cookie';
import { Transactions } from './cookies/transactions';

/** The login's middleware. It looks for the provider from the moment it is made. */
export interface LoginMiddleware extends RequestHandler {
  /** Whether the provider was found: until then nobody can log in. */
  readiness(): { readonly ready: boolean; readonly waitingFor: readonly string[] };
  /** Stops looking for the provider. */
  close(): void;
}

/** What the routes and the bridge work with. */
export interface LoginParts extends Pick<
  ResolvedLogin,
  'redirectUri' | 'scope' | 'resource' | 'revocations' | 'onEvent'
> {
  readonly origin: string;
  readonly provider: Provider;
  readonly transactions: Transactions;
  readonly session: SessionCookie;
  readonly renewals: Renewals;
  readonly clock: Clock;
}

/** While a client is refused (RFC 6749 §5.2, `invalid_client`), people are not at fault: it is mended here. */
const MENDED_AFTER_SECONDS = 30;

/**
 * Login for people, by OpenID Connect: the browser gets a sealed cookie, never a token.
 *
 * - `GET /auth/login?returnTo=/path` leads to the provider (Authorization Code, PKCE S256, state, nonce);
 * - `GET /auth/callback` comes from there (`iss` is checked, RFC 9207) and leads to `returnTo`;
 * - `POST /auth/logout` ends the session, here and at the provider (RP-Initiated Logout 1.0);
 * - every other request that brings the cookie goes on with an Authorization header, which `requireAuth()`
 *   verifies as any other: mount it after this. Tokens are renewed on the way.
 *
 * Answers 503 with Retry-After while the provider is needed and does not answer, 403 to requests that another
 * site caused, 400 to those that bring a cookie and an Authorization header.
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

/** For tests: on a clock of theirs. */
export function makeLogin(options: ResolvedLogin, clock: Clock): LoginMiddleware {
  const { policy } = options;
  const parts = partsOf(options, clock);

  const handle: RequestHandler = (req, res, next) => {
    const route = loginRoutes.get(parseurl.original(req)?.pathname ?? '');
    if (route?.method === req.method) route.answer(parts, req, res).catch(next);
    else if (route) res.set('Allow', route.method).status(405).end();
    else if (routeOf(policy, req)?.public === true) next();
    else bridge(parts, req, res, next).catch(next);
  };
  return Object.assign(handle, {
    readiness: () => {
      const { known, issuer } = parts.provider;
      return { ready: known, waitingFor: known ? [] : [issuer] };
    },
    close: () => parts.provider.close(),
  });
}

function partsOf(options: ResolvedLogin, clock: Clock): LoginParts {
  const { policy, encryptionKeys, limits, redis, redirectUri, scope, resource, revocations } = options;
  const { issuer } = options.provider;
  const { name } = policy;
  const onEvent = harmless(options.onEvent);
  const provider = new Provider(options.provider, clock, onEvent);
  const sealer = (purpose: string): Sealer => new Sealer(encryptionKeys, `portcullis ${name} ${purpose}`);

  async function renew(session: Session): Promise<Session> {
    const { refreshToken = '', subject } = session;
    try {
      const tokens = await provider.refresh(refreshToken, { resource });
      // OpenID Connect Core 1.0 §12.2.
      if ((tokens.subject ?? subject) !== subject) throw new ProviderRefusedError(issuer, 'invalid_grant');
      return renewedSession(session, tokens, clock.wall());
    } catch (error) {
      if (error instanceof ProviderRefusedError && error.reason !== 'invalid_grant')
        throw new ProviderUnavailableError(issuer, error.reason, MENDED_AFTER_SECONDS);
      throw error;
    }
  }

  return {
    ...{ redirectUri, scope, resource, revocations, onEvent, provider, clock },
    origin: redirectUri.origin,
    transactions: new Transactions(`__Host-${name}-login-`, sealer('login'), clock),
    session: new SessionCookie({ name: `__Host-${name}-session`, sealer: sealer('session'), limits, clock }),
    renewals: new Renewals({
      renew,
      handover: redis ? handoverThrough(redis, sealer('handover'), name, clock) : alone,
      clock,
    }),
  };
}
