import { errors, type AdapterFactory, type ClientMetadata, type Configuration } from 'oidc-provider';
import { confirmLogout, loggedOut, showError } from './interactions';
import type { OidcClient, OidcSettings, OidcWebClient } from './settings';

/** The metadata key under which a client's organisation and tier travel. */
const ORGANISATION = 'organisation';
const TIER = 'tier';

/** What oidc-provider is to do, from what the environment wants. */
export function providerConfiguration(settings: OidcSettings, adapter: AdapterFactory): Configuration {
  const { audience, scopes, people } = settings;
  return {
    adapter,
    clients: [...settings.clients.map(machineMetadata), ...settings.webClients.map(webMetadata)],
    jwks: { keys: [...settings.signingKeys] },
    cookies: { keys: [settings.cookieKey] },
    scopes: ['openid', ...scopes],
    extraClientMetadata: { properties: [ORGANISATION, TIER] },
    pkce: { required: () => true },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { logoutSource: confirmLogout, postLogoutSuccessSource: loggedOut },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        getResourceServerInfo: (_context, resource) => {
          if (resource !== audience) throw new errors.InvalidTarget();
          return {
            audience,
            scope: scopes.join(' '),
            accessTokenFormat: 'jwt',
            accessTokenTTL: settings.accessTokenSeconds,
            jwt: { sign: { alg: 'RS256' } },
          };
        },
      },
    },
    // The provider's own refuses to call loopback, where the apps that it tells of logouts are.
    fetch: (url, options) => fetch(url, Object.assign({}, options, { dispatcher: undefined })),
    renderError: showError,
    findAccount: (_context, subject) =>
      people.some((person) => person.subject === subject)
        ? { accountId: subject, claims: () => ({ sub: subject }) }
        : undefined,
    loadExistingGrant: async ({ oidc }) => {
      const { client, session, provider } = oidc;
      if (!client || !session?.accountId) return undefined;
      const known = session.grantIdFor(client.clientId);
      const grant =
        (known === undefined ? undefined : await provider.Grant.find(known)) ??
        new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope(['openid', ...scopes].join(' '));
      grant.addResourceScope(audience, scopes.join(' '));
      await grant.save();
      return grant;
    },
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: settings.rotatesRefreshTokens ?? true,
    extraTokenClaims: (_context, token) => {
      if (token.kind === 'ClientCredentials') {
        return { org_id: token.client?.[ORGANISATION], tier: token.client?.[TIER] };
      }
      const person = people.find(({ subject }) => subject === token.accountId);
      if (!person) return undefined;
      const { name, organisation, tier, groups } = person;
      return { name, org_id: organisation, tier, sid: token.sid, ...(groups && { groups }) };
    },
  };
}

function machineMetadata(client: OidcClient): ClientMetadata {
  return {
    client_id: client.clientId,
    client_secret: client.clientSecret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    // Empty, it would be no metadata, and there would be no client.
    ...(client.scopes.length > 0 && { scope: client.scopes.join(' ') }),
    [ORGANISATION]: client.organisation,
    [TIER]: client.tier,
  };
}

function webMetadata(client: OidcWebClient): ClientMetadata {
  const { backChannelLogoutUri, clientSecret, publicKey } = client;
  return {
    client_id: client.clientId,
    ...(clientSecret !== undefined && { client_secret: clientSecret }),
    ...(publicKey !== undefined && { jwks: { keys: [publicKey] } }),
    token_endpoint_auth_method: client.authentication,
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [client.redirectUri],
    post_logout_redirect_uris: [client.afterLogoutUri],
    ...(backChannelLogoutUri !== undefined && {
      backchannel_logout_uri: backChannelLogoutUri,
      backchannel_logout_session_required: true,
    }),
  };
}
