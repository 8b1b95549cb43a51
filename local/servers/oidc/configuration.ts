import { errors, type ClientMetadata, type Configuration } from 'oidc-provider';
import type { OidcClient, OidcSettings } from './settings';

/** The metadata key under which a client's organisation and tier travel. */
const ORGANISATION = 'organisation';
const TIER = 'tier';

/** What oidc-provider is to do, from what the environment wants. */
export function providerConfiguration(settings: OidcSettings): Configuration {
  return {
    clients: settings.clients.map(metadataOf),
    jwks: { keys: [settings.signingKey] },
    scopes: [...settings.scopes],
    extraClientMetadata: { properties: [ORGANISATION, TIER] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => settings.audience,
        getResourceServerInfo: (_context, resource) => {
          if (resource !== settings.audience) throw new errors.InvalidTarget();
          return {
            audience: settings.audience,
            scope: settings.scopes.join(' '),
            accessTokenFormat: 'jwt',
            accessTokenTTL: settings.accessTokenSeconds,
            jwt: { sign: { alg: 'RS256' } },
          };
        },
      },
    },
    extraTokenClaims: (_context, token) => {
      const client = token.kind === 'ClientCredentials' ? token.client : undefined;
      return client === undefined ? undefined : { org_id: client[ORGANISATION], tier: client[TIER] };
    },
  };
}

function metadataOf(client: OidcClient): ClientMetadata {
  return {
    client_id: client.clientId,
    client_secret: client.clientSecret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    scope: client.scopes.join(' '),
    [ORGANISATION]: client.organisation,
    [TIER]: client.tier,
  };
}
