/** What the routes of the login work with, made once from its options. */
import type { Clock } from '../../time/clock';
import { ProviderRefusedError, ProviderUnavailableError } from '../provider/errors';
import { Provider } from '../provider/provider';
import { SessionCookie } from './cookies/session-cookie';
import { Transactions } from './cookies/transactions';
import type { ResolvedLogin } from './options';
import { Sealer } from './seal';
import { alone, handoverThrough } from './session/handover';
import { Renewals } from './session/renewals';
import { renewedSession, type Session } from './session/session';

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

/**
 * How long to wait while the provider refuses this client (RFC 6749 §5.2, `invalid_client`). That is a mistake in
 * this app's settings, not the person's fault: their session goes on once an operator has mended it.
 */
const MENDED_AFTER_SECONDS = 30;

export function makeParts(options: ResolvedLogin, clock: Clock): LoginParts {
  const { policy, encryptionKeys, limits, redis, redirectUri, scope, resource, revocations, onEvent } =
    options;
  const { issuer } = options.provider;
  const { name } = policy;
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
