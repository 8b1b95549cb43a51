/**
 * Logins at doubles that answer as each provider's documentation says: what the preset asks, what it leaves out, how a
 * session is renewed, and where a logout leads. Real providers are in test/providers.
 */
import { generateKeyPairSync } from 'node:crypto';
import { auth0, cognito, entra, google, hydra, keycloak, okta, zitadel } from '@portcullis/runtime/presets';
import { policy } from '../../../../policy';
import type { LoginOptions } from '../../../../runtime/src/auth/login/options';
import {
  AUTH0_TENANT,
  B2C_FLOW,
  COGNITO_POOL,
  ENTRA_TENANT,
  GOOGLE_ACCOUNTS,
  HYDRA_SERVER,
  KEYCLOAK_REALM,
  OKTA_SERVER,
  TENANT,
  ZITADEL_INSTANCE,
} from '../../../support/providers/documented';
import type { DocumentedProvider } from '../../../support/providers/double';
import { logIn, type Dialogue } from './dialogue';

const LIFE_SECONDS = 300;
const API = '0f8fad5b-d9cb-469f-a165-70867728950e';
const PROJECT = '69234237810729019';

let dialogue: Dialogue;
afterEach(() => dialogue.stop());

interface Row {
  readonly name: string;
  readonly source: string;
  readonly provider: DocumentedProvider;
  readonly options: Partial<LoginOptions>;
  /** Of the request for a login. */
  readonly asked?: object;
  readonly notAsked?: readonly string[];
  /** Of the request for tokens. */
  readonly sent?: object;
  /** The refresh token of the second renewal. @default another one than of the first */
  readonly secondRefreshToken?: string;
  /** Of the request for a logout; `false` where the provider has none. */
  readonly logout?: object | false;
}

const AUTH0 = auth0({ domain: 'fintech.eu.auth0.com', audience: policy.audience }).login;
const AFTER_LOGOUT = {
  id_token_hint: expect.any(String) as string,
  post_logout_redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/) as string,
  client_id: 'web',
};

const rows: Row[] = [
  {
    name: 'Auth0: the API is asked for by audience; no renewal brings a refresh token',
    source:
      'https://auth0.com/docs/authenticate/login/oidc-conformant-authentication/oidc-adoption-auth-code-flow',
    provider: AUTH0_TENANT,
    options: { ...AUTH0, scopes: ['openid', 'offline_access', 'read:transactions'] },
    asked: { audience: policy.audience, scope: 'openid offline_access read:transactions' },
    notAsked: ['resource'],
    secondRefreshToken: 'first',
  },
  {
    name: 'Auth0: a login to an organisation',
    source: 'https://auth0.com/docs/manage-users/organizations/custom-development',
    provider: AUTH0_TENANT,
    options: { ...AUTH0, parameters: { ...AUTH0.parameters, organization: 'org_9ybsU1dN2dKfDkBi' } },
    asked: { audience: policy.audience, organization: 'org_9ybsU1dN2dKfDkBi' },
    secondRefreshToken: 'first',
  },
  {
    name: 'Auth0: a tenant that publishes no logout',
    source: 'https://auth0.com/docs/authenticate/login/logout/log-users-out-of-auth0',
    provider: {
      ...AUTH0_TENANT,
      metadata: { ...AUTH0_TENANT.metadata, end_session_endpoint: undefined },
    },
    options: AUTH0,
    secondRefreshToken: 'first',
    logout: false,
  },
  {
    name: 'Cognito: no resource, and a logout of its own',
    source: 'https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html',
    provider: COGNITO_POOL,
    options: {
      ...cognito({ userPool: 'eu-west-1_AbCdEf123', clients: 'web' }).login,
      scopes: ['openid', 'api/read'],
    },
    asked: { scope: 'openid api/read' },
    notAsked: ['resource', 'audience'],
    secondRefreshToken: 'first',
    logout: { client_id: 'web', logout_uri: AFTER_LOGOUT.post_logout_redirect_uri },
  },
  {
    name: 'Entra: the API stands before each scope, and there is no resource; its ID tokens have no sid',
    source: 'https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow',
    provider: ENTRA_TENANT,
    options: entra({ tenant: TENANT, api: API, scopes: ['read'] }).login,
    asked: { scope: `openid offline_access api://${API}/read` },
    notAsked: ['resource', 'audience'],
  },
  {
    name: 'Entra: a client that signs with its key',
    source: 'https://learn.microsoft.com/entra/identity-platform/certificate-credentials',
    provider: ENTRA_TENANT,
    options: {
      ...entra({ tenant: TENANT, api: API }).login,
      privateKey: {
        ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
        ...{ kid: 'a', alg: 'PS256' },
      },
    },
    sent: {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string,
    },
  },
  {
    name: 'Azure AD B2C: it describes itself elsewhere than below its issuer',
    source: 'https://learn.microsoft.com/azure/active-directory-b2c/openid-connect',
    provider: B2C_FLOW,
    options: {
      issuer: B2C_FLOW.issuer,
      discoveryUrl: B2C_FLOW.discoveryUrl ?? '',
      resource: false,
      scopes: ['openid', 'offline_access', `https://fintech.onmicrosoft.com/api/read`],
    },
    asked: { scope: 'openid offline_access https://fintech.onmicrosoft.com/api/read' },
    notAsked: ['resource'],
  },
  {
    name: 'Okta: a custom authorization server, whose refresh tokens rotate',
    source: 'https://developer.okta.com/docs/guides/refresh-tokens/main/',
    provider: OKTA_SERVER,
    options: {
      ...okta({ domain: 'fintech.okta.com' }).login,
      scopes: ['openid', 'offline_access', 'read:transactions'],
    },
    notAsked: ['resource', 'audience'],
  },
  {
    name: 'Okta: a public client sends its name and no secret',
    source: 'https://developer.okta.com/docs/api/openapi/okta-oauth/guides/client-auth/',
    provider: OKTA_SERVER,
    options: { ...okta({ domain: 'fintech.okta.com' }).login, clientAuthentication: 'none' },
    sent: { client_id: 'web', code_verifier: expect.any(String) as string },
  },
  {
    name: 'ZITADEL: the project is asked for by a scope of its own',
    source: 'https://zitadel.com/docs/apis/openidoauth/scopes',
    provider: ZITADEL_INSTANCE,
    options: zitadel({ domain: 'fintech.zitadel.cloud', project: PROJECT }).login,
    asked: {
      scope: expect.stringContaining(`urn:zitadel:iam:org:project:id:${PROJECT}:aud`) as string,
    },
    notAsked: ['resource', 'audience'],
  },
  {
    name: 'Google: a refresh token is asked for with access_type and consent, and there is no logout',
    source: 'https://developers.google.com/identity/openid-connect/openid-connect',
    provider: GOOGLE_ACCOUNTS,
    options: google().login,
    asked: { access_type: 'offline', prompt: 'consent', scope: 'openid email' },
    notAsked: ['resource', 'audience'],
    secondRefreshToken: 'first',
    logout: false,
  },
  {
    name: 'Keycloak: it says who answers, beside a session_state that nobody asked for',
    source: 'https://www.keycloak.org/securing-apps/oidc-layers',
    provider: KEYCLOAK_REALM,
    options: {
      ...keycloak({ url: 'https://id.example.com', realm: 'fintech' }).login,
      scopes: ['openid', 'organization'],
    },
    asked: { scope: 'openid organization' },
    notAsked: ['resource', 'audience'],
  },
  {
    name: 'Hydra: the API is asked for by audience',
    source: 'https://www.ory.com/docs/hydra/guides/audiences',
    provider: HYDRA_SERVER,
    options: hydra({ url: HYDRA_SERVER.issuer, audience: policy.audience }).login,
    asked: { audience: policy.audience },
    notAsked: ['resource'],
  },
  {
    name: 'A provider without a preset is asked for the API by its resource, each time',
    source: 'https://www.rfc-editor.org/rfc/rfc8707',
    provider: ZITADEL_INSTANCE,
    options: { issuer: ZITADEL_INSTANCE.issuer },
    asked: { resource: policy.audience },
    sent: { resource: policy.audience },
  },
];

it.each(rows)('$name ($source)', async (row) => {
  const { provider, options, asked = {}, notAsked = [], sent = {}, logout = AFTER_LOGOUT } = row;
  dialogue = await logIn(provider, options);
  const { double } = dialogue;
  const login = double.last('authorization')?.with ?? {};
  expect(login).toMatchObject({
    ...{ client_id: 'web', response_type: 'code', code_challenge_method: 'S256' },
    redirect_uri: `${dialogue.origin}/auth/callback`,
    ...asked,
  });
  expect(Object.keys(login).filter((name) => notAsked.includes(name))).toEqual([]);
  expect(dialogue.events.at(-1)).toEqual({ type: 'logged_in', subject: 'ada' });

  const exchange = double.last('token');
  expect(exchange?.with).toMatchObject({ grant_type: 'authorization_code', code: 'code', ...sent });
  const hasSecret = options.clientAuthentication === undefined && options.privateKey === undefined;
  expect(exchange?.authorization?.startsWith('Basic ') ?? false).toBe(hasSecret);
  await expect(dialogue.token()).resolves.toBe('access-after-code');

  dialogue.later(LIFE_SECONDS);
  await expect(dialogue.token()).resolves.toBe('access-after-first');
  dialogue.later(LIFE_SECONDS);
  const second = row.secondRefreshToken ?? 'after-first';
  await expect(dialogue.token()).resolves.toBe(`access-after-${second}`);

  const left = await dialogue.logOut();
  expect(left).toMatchObject({ url: `${dialogue.origin}/`, status: 200 });
  expect(double.last('end_session')?.with).toEqual(logout === false ? undefined : logout);
  await expect(dialogue.token()).resolves.toBeUndefined();
});
