import type { Policy } from '@portcullis/runtime/policy';
import { refuseProps } from '../core/props/errors';
import {
  audienceScopeOf,
  problemsOf,
  scopesOfPolicy,
  type KeycloakLogin,
  type KeycloakOrganisation,
  type KeycloakRealmProps,
  type KeycloakService,
} from './props';

/** A JSON object of Keycloak's admin API, with the members that are managed and no other. */
export type Representation = Readonly<Record<string, unknown>>;

/** A realm as it has to be, in the words of Keycloak's admin API. It holds no secret: Keycloak makes those of clients. */
export interface KeycloakRealm {
  /** Name of the realm. */
  readonly realm: string;
  /** `<policy>/<environment>`, by which the realm and what was made in it are known again. */
  readonly owner: string;
  readonly settings: Representation;
  readonly clientScopes: readonly RealmClientScope[];
  readonly organisations: readonly RealmOrganisation[];
  readonly clients: readonly RealmClient[];
}

export interface RealmClientScope {
  /** Name of the client scope. */
  readonly name: string;
  /** Whether Keycloak made it with the realm. */
  readonly builtIn: boolean;
  readonly settings: Representation;
  readonly mappers: readonly (Representation & { readonly name: string })[];
}

export interface RealmOrganisation {
  /** How tokens name it. */
  readonly alias: string;
  readonly settings: Representation;
}

export interface RealmClient {
  /** Its `client_id`. */
  readonly clientId: string;
  readonly settings: Representation;
  /** Names of client scopes that every token has. */
  readonly defaultScopes: readonly string[];
  /** Names of client scopes that may be asked for. */
  readonly optionalScopes: readonly string[];
  /** Alias of the organisation that the client's own user is a member of. */
  readonly organisation?: string;
}

/** The scope that brings organisations. Its claim is what the preset `keycloak()` reads. */
const ORGANISATION_SCOPE = 'organization';

/** Seconds without a renewal after which a session ends: what `login()` has by default. */
const IDLE_SECONDS = 3_600;

/**
 * Describes a realm of Keycloak 26 or newer that obeys the policy: tokens live as long as it says and are for its audience,
 * its scopes are client scopes, an organisation's tier is in its attribute `tier`. `portcullis identity apply` makes it so.
 *
 * Passwords are guessed ten times at most before a pause, refresh tokens work once, clients use PKCE (S256) and no
 * implicit flow or password grant, tokens carry no scope that was not asked for, other machines are spoken to by https.
 *
 * https://www.keycloak.org/docs-api/26.4.0/rest-api/
 *
 * @throws ConstructError `ERR_PROPS` with every problem at once.
 *
 * @example
 * const realm = keycloakRealm({
 *   policy,
 *   environment: 'staging',
 *   login: { clientId: 'fintech-web', redirectUri: 'https://api.example.com/auth/callback' },
 *   services: [{ clientId: 'billing', scopes: ['read:transactions'], organisation: 'acme' }],
 *   organisations: [{ alias: 'acme', tier: 'pro' }],
 * });
 */
export function keycloakRealm(props: KeycloakRealmProps): KeycloakRealm {
  refuseProps('keycloakRealm', problemsOf(props));
  const { policy, environment, realm = policy.name, login, services = [], organisations = [] } = props;
  return {
    realm,
    owner: `${policy.name}/${environment}`,
    settings: settingsOf(policy, realm),
    clientScopes: clientScopesOf(policy),
    organisations: organisations.map(organisationOf),
    clients: [
      ...(login ? [loginClient(policy, login)] : []),
      ...services.map((service) => serviceClient(policy, service)),
    ],
  };
}

function settingsOf(policy: Policy, realm: string): Representation {
  const { accessTokenSeconds, sessionSeconds } = policy.lifetimes;
  return {
    ...{ realm, enabled: true, organizationsEnabled: true },
    ...{ sslRequired: 'external', registrationAllowed: false, rememberMe: false },
    ...{ bruteForceProtected: true, permanentLockout: false, failureFactor: 10 },
    passwordPolicy: 'length(12) and notUsername and notEmail',
    ...{ accessTokenLifespan: accessTokenSeconds, accessTokenLifespanForImplicitFlow: accessTokenSeconds },
    ...{ revokeRefreshToken: true, refreshTokenMaxReuse: 0 },
    ssoSessionIdleTimeout: Math.min(IDLE_SECONDS, sessionSeconds),
    ssoSessionMaxLifespan: sessionSeconds,
    // What was changed and who logged in; without the details, which may hold what people typed.
    ...{ eventsEnabled: true, adminEventsEnabled: true, adminEventsDetailsEnabled: false },
  };
}

function clientScopesOf(policy: Policy): readonly RealmClientScope[] {
  const scope = (name: string, isInToken: boolean): RealmClientScope => ({
    ...{ name, builtIn: false, mappers: [] },
    settings: {
      protocol: 'openid-connect',
      attributes: { 'include.in.token.scope': String(isInToken), 'display.on.consent.screen': 'false' },
    },
  });
  const mapper = (name: string, protocolMapper: string, config: Readonly<Record<string, string>>) => ({
    ...{ name, protocol: 'openid-connect', protocolMapper },
    config: { 'access.token.claim': 'true', 'introspection.token.claim': 'true', ...config },
  });
  return [
    {
      name: ORGANISATION_SCOPE,
      builtIn: true,
      // Every client of ours has it, so that no token names it as something that was granted.
      settings: { protocol: 'openid-connect', attributes: { 'include.in.token.scope': 'false' } },
      mappers: [
        mapper(ORGANISATION_SCOPE, 'oidc-organization-membership-mapper', {
          ...{ 'claim.name': ORGANISATION_SCOPE, 'jsonType.label': 'JSON', multivalued: 'true' },
          addOrganizationAttributes: 'true',
        }),
      ],
    },
    {
      ...scope(audienceScopeOf(policy), false),
      mappers: [
        mapper('audience', 'oidc-audience-mapper', {
          ...{ 'included.custom.audience': policy.audience, 'id.token.claim': 'false' },
        }),
      ],
    },
    ...scopesOfPolicy(policy).map((name) => scope(name, true)),
  ];
}

function organisationOf({ alias, name = alias, tier, domains }: KeycloakOrganisation): RealmOrganisation {
  return {
    alias,
    settings: {
      ...{ alias, name, enabled: true },
      attributes: { tier: tier === undefined ? [] : [tier] },
      ...(domains && { domains: domains.map((domain) => ({ name: domain })) }),
    },
  };
}

/** Neither the password grant nor the implicit flow, nor roles that the policy does not know. */
const OF_EVERY_CLIENT = {
  ...{ enabled: true, protocol: 'openid-connect', publicClient: false, bearerOnly: false },
  ...{ clientAuthenticatorType: 'client-secret', fullScopeAllowed: false, consentRequired: false },
  ...{ implicitFlowEnabled: false, directAccessGrantsEnabled: false, frontchannelLogout: false },
};
/** Nor a grant that gives tokens on another machine, for another's token, or without the app's own pages. */
const GRANTS_OF_NONE = {
  'oauth2.device.authorization.grant.enabled': 'false',
  'standard.token.exchange.enabled': 'false',
  'oidc.ciba.grant.enabled': 'false',
};

function loginClient(policy: Policy, login: KeycloakLogin): RealmClient {
  const { clientId, redirectUri, afterLogoutUri, backChannelLogoutUri } = login;
  return {
    clientId,
    settings: {
      ...{ clientId, ...OF_EVERY_CLIENT, standardFlowEnabled: true, serviceAccountsEnabled: false },
      ...{ redirectUris: [redirectUri], webOrigins: [] },
      attributes: {
        ...GRANTS_OF_NONE,
        'pkce.code.challenge.method': 'S256',
        'backchannel.logout.session.required': 'true',
        'backchannel.logout.url': backChannelLogoutUri ?? '',
        'post.logout.redirect.uris': afterLogoutUri ?? '-',
      },
    },
    defaultScopes: ['basic', 'acr', ORGANISATION_SCOPE, audienceScopeOf(policy)],
    optionalScopes: ['profile', 'email', ...new Set(login.scopes ?? scopesOfPolicy(policy))],
  };
}

function serviceClient(policy: Policy, service: KeycloakService): RealmClient {
  const { clientId, scopes, organisation } = service;
  return {
    clientId,
    settings: {
      ...{ clientId, ...OF_EVERY_CLIENT, standardFlowEnabled: false, serviceAccountsEnabled: true },
      ...{ redirectUris: [], webOrigins: [], attributes: GRANTS_OF_NONE },
    },
    defaultScopes: ['basic', ORGANISATION_SCOPE, audienceScopeOf(policy), 'service_account'],
    optionalScopes: [...new Set(scopes)],
    ...(organisation !== undefined && { organisation }),
  };
}
