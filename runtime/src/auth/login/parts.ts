/** What the routes of the login work with, made once from its options. */
import type { Clock } from '../../time/clock';
import { ProviderRefusedError, ProviderUnavailableError } from '../provider/errors';
import { Provider } from '../provider/provider';
import { SessionCookie } from './cookies/session-cookie';
import { PendingLogins } from './cookies/pending-logins';
import { basePathOf, type ResolvedLogin } from './options';
import { Sealer } from './seal';
import { EndedSessions } from './session/ended-sessions';
import { alone, handoverThrough } from './session/handover';
import { KeptSessions } from './session/kept-sessions';
import { Renewals } from './session/renewals';
import { tokenContext, type TokenRules } from './session/revocable';
import { renewedSession, type Session } from './session/session';

/** {@link Provider}, or what answers in its place. */
export type AnyProvider = Pick<Provider, keyof Provider>;

export interface LoginParts extends Pick<
  ResolvedLogin,
  'policy' | 'redirectUri' | 'scope' | 'target' | 'parameters' | 'logoutParameter' | 'revocations' | 'onEvent'
> {
  readonly origin: string;
  /** The path that the app is below; empty where it has its host for itself. */
  readonly basePath: string;
  readonly tokenRules: TokenRules;
  readonly provider: AnyProvider;
  readonly pendingLogins: PendingLogins;
  readonly session: SessionCookie;
  readonly renewals: Renewals;
  readonly ended: EndedSessions;
  readonly clock: Clock;
}

/**
 * What a provider answers to a mistake in this app's settings (RFC 6749 §5.2, RFC 8707 §2), or with what cannot be
 * believed. The person is not at fault: their session goes on once an operator has mended it. Every other refusal is
 * about the person, who has to log in again.
 */
const APPS_FAULT: ReadonlySet<string> = new Set([
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_target',
  'invalid_response',
]);
/** How long to wait until then. */
const MENDED_AFTER_SECONDS = 30;

/** @param given a provider in the place of the one that the options name. */
export function makeParts(options: ResolvedLogin, clock: Clock, given?: AnyProvider): LoginParts {
  const {
    policy,
    encryptionKeys,
    limits,
    redis,
    redirectUri,
    scope,
    target,
    parameters,
    logoutParameter,
    revocations,
    onEvent,
  } = options;
  const { issuer } = options.provider;
  const { name } = policy;
  const keptMs = limits.idleMs;
  const provider = given ?? new Provider(options.provider, clock, onEvent);
  const tokenRules = { issuer, organisationPath: options.organisationPath };
  const sealer = (purpose: string): Sealer => new Sealer(encryptionKeys, `portcullis ${name} ${purpose}`);

  const sessions = sealer('session');
  const kept = redis && new KeptSessions({ redis, sealer: sessions, app: name, clock, onEvent });

  async function renew(session: Session): Promise<Session> {
    const { refreshToken = '', subject } = session;
    try {
      const tokens = await provider.refresh(refreshToken, target);
      // OpenID Connect Core 1.0 §12.2.
      if ((tokens.subject ?? subject) !== subject) throw new ProviderRefusedError(issuer, 'invalid_grant');
      return renewedSession(session, tokens, clock.wall());
    } catch (error) {
      throw faultOf(error);
    }
  }

  /** Tells a session that is over from a renewal that may succeed later; both are told once, here. */
  function faultOf(error: unknown): unknown {
    if (error instanceof ProviderRefusedError && APPS_FAULT.has(error.reason)) {
      onEvent({ type: 'client_refused', issuer, cause: error.reason });
      return new ProviderUnavailableError(issuer, error.reason, MENDED_AFTER_SECONDS);
    }
    if (error instanceof ProviderUnavailableError) onEvent({ type: 'session_not_renewed', cause: error.why });
    return error;
  }

  return {
    ...{ policy, redirectUri, scope, target, parameters, logoutParameter, revocations, onEvent },
    ...{ provider, clock, tokenRules },
    origin: redirectUri.origin,
    basePath: basePathOf(redirectUri),
    pendingLogins: new PendingLogins(`__Host-${name}-login-`, sealer('login'), clock),
    ended: new EndedSessions(),
    session: new SessionCookie({ name: `__Host-${name}-session`, sealer: sessions, limits, clock, kept }),
    renewals: new Renewals({
      renew,
      isTokenRevoked: (session) => revocations?.revoked(tokenContext(session, tokenRules)) === true,
      handover: redis
        ? handoverThrough({ redis, sealer: sealer('handover'), app: name, keptMs, clock })
        : alone,
      ...{ keptMs, clock },
    }),
  };
}
