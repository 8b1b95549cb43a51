/**
 * The OpenID provider as a client sees it. Only this folder imports openid-client, and none of its types leave it.
 *
 * An ID token comes straight from the token endpoint over TLS, which vouches for it (OpenID Connect Core 1.0
 * §3.1.3.7, item 6); its issuer, audience, times and nonce are checked. Of access tokens, only the life is read here:
 * `requireAuth()` verifies each, as anybody's.
 */
import type * as OpenIdClient from 'openid-client';
import type { Clock } from '../../time/clock';
import type { OnAuthEvent } from '../events';
import { lifeSecondsOf } from './access-token';
import { Discovery } from './discovery';
import { ProviderUnavailableError } from './errors';
import { loadOpenIdClient } from './load-openid-client';
import type { ProviderOptions } from './options';
import { translateError } from './translate-error';

export interface Tokens {
  readonly accessToken: string;
  readonly lifeSeconds: number;
  readonly refreshToken?: string;
  readonly idToken?: string;
  /** The ID token's `sub`, `sid` and `iat`. */
  readonly subject?: string;
  readonly sid?: string;
  readonly issuedAt?: number;
}

/** What an authorization response is checked against. The browser that asked keeps it, sealed. */
export interface LoginChecks {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

type Parameters = Readonly<Record<string, string>>;

/**
 * Every method throws ProviderUnavailableError while the provider does not answer, and ProviderRefusedError when
 * its answer is no, or not to be believed.
 */
export class Provider {
  readonly issuer: string;
  readonly #oidc = loadOpenIdClient();
  readonly #discovery: Discovery;

  /**
   * Looks for the provider at once, and in the background until it is found.
   *
   * @throws AuthOptionsError where openid-client is not installed.
   */
  constructor(options: ProviderOptions, clock: Clock, onEvent: OnAuthEvent) {
    this.issuer = options.issuer;
    this.#discovery = new Discovery(options, clock, onEvent);
  }

  /** Whether the provider was found. */
  get known(): boolean {
    return this.#discovery.found !== undefined;
  }

  close(): void {
    this.#discovery.close();
  }

  /** Where to send a browser that wants to log in: a code, with PKCE S256 (RFC 7636), state and nonce. */
  async begin(parameters: Parameters): Promise<{ url: string; checks: LoginChecks }> {
    const configuration = await this.#discovery.configuration();
    const checks = {
      state: this.#oidc.randomState(),
      nonce: this.#oidc.randomNonce(),
      verifier: this.#oidc.randomPKCECodeVerifier(),
    };
    const { href } = this.#oidc.buildAuthorizationUrl(configuration, {
      ...parameters,
      state: checks.state,
      nonce: checks.nonce,
      code_challenge: await this.#oidc.calculatePKCECodeChallenge(checks.verifier),
      code_challenge_method: 'S256',
    });
    return { url: href, checks };
  }

  /** Redeems the code in a response's URL, once its state and `iss` (RFC 9207) are right. */
  redeem(response: URL, checks: LoginChecks, parameters: Parameters): Promise<Tokens> {
    return this.#ask(async (configuration) => {
      const expected = {
        expectedState: checks.state,
        expectedNonce: checks.nonce,
        pkceCodeVerifier: checks.verifier,
        idTokenExpected: true,
      };
      return tokensOf(await this.#oidc.authorizationCodeGrant(configuration, response, expected, parameters));
    });
  }

  refresh(refreshToken: string, parameters: Parameters): Promise<Tokens> {
    return this.#ask(async (configuration) =>
      tokensOf(await this.#oidc.refreshTokenGrant(configuration, refreshToken, parameters)),
    );
  }

  clientCredentials(parameters: Parameters): Promise<Tokens> {
    return this.#ask(async (configuration) =>
      tokensOf(await this.#oidc.clientCredentialsGrant(configuration, parameters)),
    );
  }

  /** RFC 7009, where the provider offers it. */
  revoke(token: string): Promise<void> {
    return this.#ask(async (configuration) => {
      if (configuration.serverMetadata().revocation_endpoint !== undefined)
        await this.#oidc.tokenRevocation(configuration, token);
    });
  }

  /** Where to send a browser that wants to log out (RP-Initiated Logout 1.0), if the provider offers it. */
  endSessionUrl(parameters: Parameters): string | undefined {
    const configuration = this.#discovery.found;
    if (configuration?.serverMetadata().end_session_endpoint === undefined) return undefined;
    return this.#oidc.buildEndSessionUrl(configuration, parameters).href;
  }

  async #ask<T>(request: (configuration: OpenIdClient.Configuration) => Promise<T>): Promise<T> {
    try {
      return await request(await this.#discovery.configuration());
    } catch (thrown) {
      const error = translateError(thrown, this.issuer);
      // The provider may come back at another address, so it is looked for again.
      if (error instanceof ProviderUnavailableError && this.known) this.#discovery.again();
      throw error;
    }
  }
}

function tokensOf(
  answer: OpenIdClient.TokenEndpointResponse & OpenIdClient.TokenEndpointResponseHelpers,
): Tokens {
  const { access_token: accessToken, refresh_token: refreshToken, id_token: idToken } = answer;
  const claims = answer.claims();
  const { sub: subject, iat: issuedAt } = claims ?? {};
  const sid = claims?.sid;
  return {
    accessToken,
    lifeSeconds: lifeSecondsOf(accessToken, answer.expires_in),
    ...(refreshToken !== undefined && { refreshToken }),
    ...(idToken !== undefined && { idToken }),
    ...(subject !== undefined && { subject }),
    ...(typeof sid === 'string' && { sid }),
    ...(issuedAt !== undefined && { issuedAt }),
  };
}
