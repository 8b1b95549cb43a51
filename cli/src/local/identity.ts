import { isHttpsOrLoopback, shownAddress } from '@portcullis/runtime/policy';
import { policy } from '../../../policy';
import { WEB_APP } from '../../../stacks/web-app';
import { demoClients, demoPeople, scopes, type ClientName } from './clients';
import type { Client } from '../connections/client-tokens';
import { PortcullisError, messageOf } from '../errors';
import type { Run } from '../engines/process/run';
import type { GivenIdentity } from './given/options';
import { requestToken, startOidc, type OidcServer } from './servers/oidc';

/** Where tokens come from. */
export interface Identity {
  readonly issuer: string;
  /** Whether the demo's organisations are known there; a provider of the user's own has one client only. */
  readonly hasDemoClients: boolean;
  /** Every client that tokens are given to by client credentials, each with the tier that is known of it. */
  readonly clients: readonly (Client & { readonly tier?: string })[];
  /** An access token by client credentials, with the scopes named or all that the client has. */
  token(client: ClientName, scopes?: readonly string[]): Promise<string>;
  /**
   * Makes the example known as a web app that people log in to, at this origin, with this secret.
   * @returns what the example is told of it, as environment variables; nothing where nobody can log in.
   */
  webApp(origin: string, clientSecret: string): Promise<Record<string, string>>;
  /** The secret that a provider that makes secrets itself gave the web app. */
  readonly clientSecret?: string;
  /** How people log in on the page, in lines. @default as anybody: no password is asked for */
  readonly whoCanLogIn?: readonly string[];
  /** What would change if the provider were set up once more, one line each. @default nothing: it is no stack of ours */
  pendingChanges?(): Promise<readonly string[]>;
  /** The embedded provider, for tests that stop it. */
  readonly server?: OidcServer;
}

/** Starts the local provider, which knows the demo's clients. */
export async function startIdentity(run: Run): Promise<Identity> {
  const clients = demoClients();
  const server = await startOidc(run, {
    audience: policy.audience,
    scopes,
    accessTokenSeconds: policy.lifetimes.accessTokenSeconds,
    clients: [...clients.values()],
    people: demoPeople,
  });
  return {
    issuer: server.issuer,
    hasDemoClients: true,
    clients: [...clients.values()],
    server,
    token: (name, wanted) => {
      const client = clients.get(name);
      if (!client) throw new Error(`no client ${name}`);
      return requestToken(`${server.issuer}/token`, client, policy.audience, wanted ?? client.scopes);
    },
    webApp: async (origin, clientSecret) => {
      const redirectUri = `${origin}/auth/callback`;
      await server.register({
        ...{ clientId: WEB_APP, clientSecret, redirectUri, authentication: 'client_secret_basic' },
        afterLogoutUri: `${origin}/`,
        backChannelLogoutUri: `${origin}/auth/backchannel-logout`,
      });
      return { OAUTH_CLIENT_ID: WEB_APP, OAUTH_REDIRECT_URI: redirectUri };
    },
  };
}

/**
 * Uses a provider of the user's own, with the one client that is known there. Nothing of it is changed.
 * @throws PortcullisError `ERR_UNREACHABLE`
 */
export async function givenIdentity({
  issuer,
  clientId,
  clientSecret,
  redirectUri,
}: GivenIdentity): Promise<Identity> {
  const endpoint = await tokenEndpoint(issuer);
  return {
    issuer,
    hasDemoClients: false,
    clients: [{ clientId, clientSecret }],
    token: (_name, wanted) =>
      requestToken(endpoint, { clientId, clientSecret }, policy.audience, wanted ?? scopes),
    // Only the provider's owner can register a web app there. Whoever did names its redirect address.
    webApp: () =>
      Promise.resolve(redirectUri ? { OAUTH_CLIENT_ID: clientId, OAUTH_REDIRECT_URI: redirectUri } : {}),
    clientSecret,
  };
}

async function tokenEndpoint(issuer: string): Promise<string> {
  try {
    const response = await fetch(`${issuer}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(5_000),
    });
    const { token_endpoint } = (await response.json()) as { token_endpoint?: string };
    if (token_endpoint === undefined) throw new Error('its configuration names no token_endpoint');
    if (!isHttpsOrLoopback(token_endpoint)) throw new Error('its token_endpoint is not https');
    return token_endpoint;
  } catch (cause) {
    throw new PortcullisError(
      'ERR_UNREACHABLE',
      `the OIDC provider at ${shownAddress(issuer)} cannot be used: ${messageOf(cause)}`,
      'start it, mend the address, or leave --oidc-issuer-url (PORTCULLIS_OIDC_ISSUER_URL) out to get a local provider',
      { cause },
    );
  }
}
