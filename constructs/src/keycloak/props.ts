/** What a realm of Keycloak is described by, and what is wrong with it. */
import { ANONYMOUS_TIER, isHttpsOrLoopback, type Policy, type Problem } from '@portcullis/runtime/policy';
import { each, HOST_NAME, noneOf, unless, unlike, within } from '../core/props/checks';

/** Properties of `keycloakRealm()`. */
export interface KeycloakRealmProps {
  /** The API's policy: its scopes, audience and tiers. */
  readonly policy: Policy;
  /** The environment that it is for, as in `staging`. A realm of another one is neither changed nor removed. */
  readonly environment: string;
  /**
   * Name of the realm, the end of its issuer: `https://id.example.com/realms/<realm>`. Environments on one Keycloak need
   * different ones. @default the policy's name
   */
  readonly realm?: string;
  /** The web app that people log in to, with `login()`. @default nobody can log in */
  readonly login?: KeycloakLogin;
  /** Clients that get tokens for themselves, with `clientCredentials()`. @default none */
  readonly services?: readonly KeycloakService[];
  /** Customers that are known from the start. @default none: they are added in Keycloak */
  readonly organisations?: readonly KeycloakOrganisation[];
}

/** The web app that people log in to, a confidential client. */
export interface KeycloakLogin {
  /** Its `client_id`. */
  readonly clientId: string;
  /** The app's `/auth/callback`: https, or http on this machine. */
  readonly redirectUri: string;
  /** Where Keycloak sends people after their logout. @default nowhere: it says goodbye itself */
  readonly afterLogoutUri?: string;
  /** The app's `backChannelLogout()`, which is told of sessions that end. @default it is not told */
  readonly backChannelLogoutUri?: string;
  /** Scopes of the policy that may be asked for. @default all of them */
  readonly scopes?: readonly string[];
}

/** A client that gets tokens for itself. */
export interface KeycloakService {
  /** Its `client_id`. */
  readonly clientId: string;
  /** Scopes of the policy that may be asked for. */
  readonly scopes: readonly string[];
  /** Alias of the organisation that it acts for, one of `organisations`. @default none */
  readonly organisation?: string;
}

/** A customer of the API, as tokens name it. */
export interface KeycloakOrganisation {
  /** How tokens name it: its key in every limit and row, so it never changes. */
  readonly alias: string;
  /** What people read. @default the alias */
  readonly name?: string;
  /** One of the policy's tiers. @default the policy's default tier, also when that changes */
  readonly tier?: string;
  /** Domains of its people's mail addresses. @default none */
  readonly domains?: readonly string[];
}

/** Scopes that Keycloak makes in each realm, and `openid`. */
const BUILT_IN_SCOPES = [
  ...['openid', 'acr', 'address', 'basic', 'email', 'microprofile-jwt', 'offline_access', 'organization'],
  ...['phone', 'profile', 'role_list', 'roles', 'saml_organization', 'service_account', 'web-origins'],
];
/** Clients that Keycloak makes in each realm. */
const BUILT_IN_CLIENTS = [
  ...['account', 'account-console', 'admin-cli', 'broker', 'realm-management', 'security-admin-console'],
];

const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/i;
const NAME_EXPECTED = 'letters, digits, ".", "_" and "-", a letter or digit first';

/** Every scope that some route of the policy asks for, once. */
export function scopesOfPolicy({ routes }: Policy): readonly string[] {
  return [...new Set(routes.flatMap(({ scopes }) => scopes))];
}

/** Name of the client scope that makes tokens name the API. */
export function audienceScopeOf({ name }: Policy): string {
  return `${name}-audience`;
}

export function problemsOf(props: KeycloakRealmProps): readonly Problem[] {
  const { policy, environment, realm = policy.name, login, services = [], organisations = [] } = props;
  return [
    ...unlike('realm', realm, NAME, NAME_EXPECTED),
    ...unlike('environment', environment, NAME, NAME_EXPECTED),
    ...unless(realm !== 'master', 'realm', realm, "a realm of the API's own: master is Keycloak's"),
    ...problemsOfScopes(policy),
    ...(login === undefined ? [] : within('login', login, (given) => problemsOfLogin(policy, given))),
    ...each('organisations', organisations, (one, path) =>
      within(path, one, (given) => problemsOfOrganisation(policy, given, path)),
    ),
    ...each('services', services, (one, path) =>
      within(path, one, (given) => problemsOfService(props, given, path)),
    ),
    ...repeated('clientId', [
      ...(login ? [['login', login.clientId] as const] : []),
      ...placed('services', services, ({ clientId }) => clientId),
    ]),
    ...repeated(
      'alias',
      placed('organisations', organisations, ({ alias }) => alias),
    ),
  ];
}

/** A policy's scope of a built-in's name would change what Keycloak means by it. `organization:…` asks for organisations. */
function problemsOfScopes(policy: Policy): Problem[] {
  const taken = [...BUILT_IN_SCOPES, audienceScopeOf(policy)];
  return scopesOfPolicy(policy).flatMap((scope) =>
    unless(
      !taken.includes(scope) && !scope.startsWith('organization:'),
      'policy',
      scope,
      'scopes with names that the realm has no other use for',
    ),
  );
}

function problemsOfLogin(policy: Policy, login: KeycloakLogin): readonly Problem[] {
  return [
    ...problemsOfClientId('login.clientId', login.clientId),
    ...problemsOfUri('login.redirectUri', login.redirectUri),
    ...(login.afterLogoutUri === undefined
      ? []
      : problemsOfUri('login.afterLogoutUri', login.afterLogoutUri)),
    ...(login.backChannelLogoutUri === undefined
      ? []
      : problemsOfUri('login.backChannelLogoutUri', login.backChannelLogoutUri)),
    ...(login.scopes === undefined ? [] : problemsOfGranted('login.scopes', login.scopes, policy)),
  ];
}

function problemsOfService(
  { policy, organisations = [] }: KeycloakRealmProps,
  { clientId, scopes, organisation }: KeycloakService,
  path: string,
): readonly Problem[] {
  const aliases = placed('organisations', organisations, ({ alias }) => alias).map(([, alias]) => alias);
  return [
    ...problemsOfClientId(`${path}.clientId`, clientId),
    ...problemsOfGranted(`${path}.scopes`, scopes, policy),
    ...(organisation === undefined ? [] : noneOf(`${path}.organisation`, organisation, aliases)),
  ];
}

function problemsOfOrganisation(
  policy: Policy,
  { alias, name, tier, domains = [] }: KeycloakOrganisation,
  path: string,
): readonly Problem[] {
  const tiers = Object.keys(policy.tiers).filter((one) => one !== ANONYMOUS_TIER);
  return [
    ...unlike(`${path}.alias`, alias, NAME, NAME_EXPECTED),
    ...(name === undefined ? [] : unlike(`${path}.name`, name, /\S/, 'a name')),
    ...(tier === undefined ? [] : noneOf(`${path}.tier`, tier, tiers)),
    ...each(`${path}.domains`, domains, (domain, at) => unlike(at, domain, HOST_NAME, 'a host name')),
  ];
}

function problemsOfGranted(path: string, scopes: readonly string[], policy: Policy): readonly Problem[] {
  const known = scopesOfPolicy(policy);
  return each(path, scopes, (scope, at) => noneOf(at, scope, known));
}

function problemsOfClientId(path: string, clientId: string): readonly Problem[] {
  return [
    ...unlike(path, clientId, NAME, NAME_EXPECTED),
    ...unless(!BUILT_IN_CLIENTS.includes(clientId), path, clientId, "no client of Keycloak's own"),
  ];
}

/** Exact addresses only: with a wildcard, whoever controls one of the pages gets the codes. */
function problemsOfUri(path: string, uri: string): readonly Problem[] {
  const given: unknown = uri;
  const expected =
    'an exact https address, or http on this machine, without a wildcard, a user or a fragment';
  if (typeof given !== 'string' || !URL.canParse(given) || !isHttpsOrLoopback(given)) {
    return unless(false, path, given, expected);
  }
  const { username, password } = new URL(given);
  return unless(!/[*#\s]/.test(given) && username === '' && password === '', path, given, expected);
}

type Placed = readonly (readonly [place: string, value: string])[];

function placed<T>(path: string, list: readonly T[], valueOf: (item: T) => string): Placed {
  if (!Array.isArray(list)) return [];
  const items: readonly (T | undefined)[] = list;
  return items.flatMap((item, index) =>
    typeof item === 'object' && item !== null ? [[`${path}[${index}]`, valueOf(item)] as const] : [],
  );
}

function repeated(field: string, values: Placed): Problem[] {
  return values.flatMap(([place, value], index) => {
    const [first] = values.find(([, other]) => other === value) ?? [];
    return values.findIndex(([, other]) => other === value) === index
      ? []
      : [
          {
            path: `${place}.${field}`,
            message: `is that of ${first ?? ''} too; give each a name of its own`,
          },
        ];
  });
}
