/** Finds a provider (OpenID Connect Discovery 1.0), in the background, and goes on until it is found. */
import type * as OpenIdClient from 'openid-client';
import { problemOf } from '../../coded-message';
import { backoffMs } from '../../time/backoff';
import type { Clock } from '../../time/clock';
import type { OnAuthEvent } from '../events';
import { askProvider } from '../proxy';
import { isTrustedAddress } from '../trusted-address';
import { ProviderRefusedError, ProviderUnavailableError } from './errors';
import { loadOpenIdClient } from './load-openid-client';
import type { ProviderOptions } from './options';
import { translateError } from './translate-error';
import { signingKey } from './signing-key';
import { withoutNulls } from './without-nulls';

const TIMEOUT_SECONDS = 5;

export class Discovery {
  readonly #options: ProviderOptions;
  readonly #clock: Clock;
  readonly #onEvent: OnAuthEvent;
  #found: OpenIdClient.Configuration | undefined;
  #inFlight: Promise<void> | undefined;
  #failures = 0;
  #why = '';
  #retryAt = 0;
  #cancelTimer: () => void = () => undefined;
  #closed = false;

  constructor(options: ProviderOptions, clock: Clock, onEvent: OnAuthEvent) {
    this.#options = options;
    this.#clock = clock;
    this.#onEvent = onEvent;
    this.again();
  }

  /** What was found last. */
  get found(): OpenIdClient.Configuration | undefined {
    return this.#found;
  }

  /** @throws ProviderUnavailableError until the provider is found for the first time. */
  async configuration(): Promise<OpenIdClient.Configuration> {
    if (!this.#found) await this.#inFlight;
    if (this.#found) return this.#found;
    const seconds = Math.max(1, Math.ceil((this.#retryAt - this.#clock.monotonic()) / 1_000));
    throw new ProviderUnavailableError(this.#options.issuer, this.#why, seconds);
  }

  /** Looks once more: a provider that went away may come back changed. Until then, what was found before serves. */
  again(): void {
    this.#cancelTimer();
    if (!this.#closed) this.#inFlight ??= this.#look().finally(() => (this.#inFlight = undefined));
  }

  close(): void {
    this.#closed = true;
    this.#cancelTimer();
  }

  async #look(): Promise<void> {
    const { issuer } = this.#options;
    try {
      this.#found = await discover(this.#options);
      this.#failures = 0;
      this.#onEvent({ type: 'provider_found', issuer });
    } catch (error) {
      const problem = translateError(error, issuer);
      this.#why = problem instanceof ProviderUnavailableError ? problem.why : problemOf(problem);
      this.#failures += 1;
      const pause = backoffMs(this.#failures, this.#clock.random());
      this.#retryAt = this.#clock.monotonic() + pause;
      if (!this.#closed) this.#cancelTimer = this.#clock.after(pause, () => this.again());
      this.#onEvent({ type: 'provider_unavailable', issuer, cause: this.#why });
    }
  }
}

/** What is asked of the provider, or where browsers are sent. The keys are asked for elsewhere. */
const ENDPOINTS = [
  'authorization_endpoint',
  'token_endpoint',
  'revocation_endpoint',
  'end_session_endpoint',
] as const;

/** @throws ProviderRefusedError if an endpoint's address is not to be believed: it would be sent codes and secrets. */
function checkEndpoints(configuration: OpenIdClient.Configuration, issuer: string): void {
  const metadata = configuration.serverMetadata();
  for (const name of ENDPOINTS) {
    const address: unknown = metadata[name];
    if (address === undefined || (typeof address === 'string' && isTrustedAddress(address, issuer))) continue;
    const detail = `its ${name} is not https, nor plain http on the host of an issuer on loopback`;
    throw new ProviderRefusedError(issuer, 'invalid_response', detail);
  }
}

async function discover(options: ProviderOptions): Promise<OpenIdClient.Configuration> {
  const oidc = loadOpenIdClient();
  const { issuer, clientId, discoveryUrl } = options;
  const url = new URL(discoveryUrl ?? issuer);
  const configuration = await oidc.discovery(url, clientId, undefined, await authenticationOf(options), {
    timeout: TIMEOUT_SECONDS,
    [oidc.customFetch]: withoutNulls(askProvider),
    // Our options admit plain http on loopback only. (Deprecated "to make it stand out".)
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    execute: url.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
  });
  // What stands at a well-known address of its own is not compared by the library.
  if (configuration.serverMetadata().issuer !== issuer) {
    throw new ProviderRefusedError(issuer, 'invalid_response', 'it describes another issuer');
  }
  checkEndpoints(configuration, issuer);
  return configuration;
}

async function authenticationOf({ authentication }: ProviderOptions): Promise<OpenIdClient.ClientAuth> {
  const oidc = loadOpenIdClient();
  switch (authentication.method) {
    case 'client_secret_basic':
      return oidc.ClientSecretBasic(authentication.secret);
    case 'client_secret_post':
      return oidc.ClientSecretPost(authentication.secret);
    case 'private_key_jwt': {
      const { key, id, algorithm } = authentication;
      return oidc.PrivateKeyJwt({
        key: await signingKey(key, algorithm),
        ...(id !== undefined && { kid: id }),
      });
    }
    case 'none':
      return oidc.None();
  }
}
