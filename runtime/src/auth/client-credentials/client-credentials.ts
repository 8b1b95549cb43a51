import { z } from 'zod';
import { harmless } from '../../listener';
import { toProblem } from '../../policy/errors';
import { systemClock } from '../../time/clock';
import { AuthOptionsError } from '../errors';
import type { OnAuthEvent } from '../events';
import { issuerUrl, listener } from '../option-schemas';
import { clientShape, scopeList } from '../provider/options';
import { Provider } from '../provider/provider';
import { RenewingToken } from './renewing-token';

export interface ClientCredentialsOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How the client says who it is (RFC 6749 §2.3.1). @default 'client_secret_basic' */
  readonly clientAuthentication?: 'client_secret_basic' | 'client_secret_post';
  /** The API that the tokens are for (RFC 8707). @default the provider's choice */
  readonly resource?: string;
  /** @default the provider's choice */
  readonly scopes?: readonly string[];
  /** Told when the provider is found, and when it does not answer. @default nothing is told */
  readonly onEvent?: OnAuthEvent;
}

/** Access tokens of this service itself. */
export interface TokenSource {
  /**
   * An access token that is good for five seconds at least. Asks the provider only when it has to.
   *
   * @throws ProviderUnavailableError if there is none, and the provider does not answer.
   * @throws ProviderRefusedError if it refuses, as `invalid_client`.
   */
  token(): Promise<string>;
  /** Stops looking for the provider. */
  close(): void;
}

const shape = z.strictObject({
  issuer: issuerUrl,
  ...clientShape,
  resource: z.string().min(1).optional(),
  scopes: scopeList.optional(),
  onEvent: listener.optional(),
});

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
  const problems = shape.safeParse(options).error?.issues.map(toProblem) ?? [];
  if (problems.length > 0) throw new AuthOptionsError(problems);

  const { issuer, clientId, clientSecret, clientAuthentication = 'client_secret_basic' } = options;
  const { resource, scopes, onEvent } = options;
  const provider = new Provider(
    { issuer, clientId, clientSecret, clientAuthentication },
    systemClock,
    harmless(onEvent),
  );
  const parameters = {
    ...(resource !== undefined && { resource }),
    ...(scopes !== undefined && { scope: scopes.join(' ') }),
  };
  const source = new RenewingToken({
    request: () => provider.clientCredentials(parameters),
    clock: systemClock,
  });
  return { token: () => source.get(), close: () => provider.close() };
}
