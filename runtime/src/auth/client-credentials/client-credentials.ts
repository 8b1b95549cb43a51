import { systemClock } from '../../time/clock';
import { Provider } from '../provider/provider';
import { resolveClientCredentials, type ClientCredentialsOptions } from './options';
import { RenewingToken } from './renewing-token';

/** Access tokens for this service itself. */
export interface TokenSource {
  /**
   * An access token that is valid for at least five more seconds. It is kept, and the provider is asked only for a new one.
   *
   * @throws ProviderUnavailableError if a new one is needed and the provider does not answer.
   * @throws ProviderRefusedError if the provider refuses, as with `invalid_client`.
   */
  token(): Promise<string>;
  /** Stops trying to reach the provider. */
  close(): void;
}

/**
 * Tokens for calls from service to service (Client Credentials, RFC 6749 §4.4).
 *
 * @throws AuthOptionsError with every problem of the options at once.
 *
 * @example
 * const billing = clientCredentials({ issuer, clientId, clientSecret, resource: 'https://billing.example.com' });
 * await fetch(url, { headers: { Authorization: `Bearer ${await billing.token()}` } });
 */
export function clientCredentials(options: ClientCredentialsOptions): TokenSource {
  const { provider: settings, parameters, onEvent } = resolveClientCredentials(options);
  const provider = new Provider(settings, systemClock, onEvent);
  const source = new RenewingToken({
    request: () => provider.clientCredentials(parameters),
    clock: systemClock,
  });
  return { token: () => source.get(), close: () => provider.close() };
}
