/** Logins that a provider refuses, or whose answers are not to be believed: each leads to no session, and says why. */
import { auth0, cognito, entra, google, keycloak, okta } from '@portcullis/runtime/presets';
import { policy } from '../../../../policy';
import type { LoginOptions } from '../../../../runtime/src/auth/login/options';
import {
  AUTH0_TENANT,
  B2C_FLOW,
  COGNITO_POOL,
  ENTRA_TENANT,
  GOOGLE_ACCOUNTS,
  KEYCLOAK_REALM,
  OKTA_ORGANISATION,
  OKTA_SERVER,
  TENANT,
} from '../../../support/providers/documented';
import type { DocumentedProvider } from '../../../support/providers/double';
import { logIn, type Dialogue } from './dialogue';

const CORE = 'https://openid.net/specs/openid-connect-core-1_0.html';
const RFC_9207 = 'https://www.rfc-editor.org/rfc/rfc9207';
const RFC_6749 = 'https://www.rfc-editor.org/rfc/rfc6749';
const LEARN = 'https://learn.microsoft.com';

const AUTH0 = auth0({ domain: 'fintech.eu.auth0.com', audience: policy.audience }).login;
const COGNITO = cognito({ userPool: 'eu-west-1_AbCdEf123', clients: 'web' }).login;
const ENTRA = entra({ tenant: TENANT, api: '0f8fad5b-d9cb-469f-a165-70867728950e' }).login;
const OKTA = okta({ domain: 'fintech.okta.com' }).login;
const KEYCLOAK = keycloak({ url: 'https://id.example.com', realm: 'fintech' }).login;
const B2C = { issuer: B2C_FLOW.issuer, discoveryUrl: B2C_FLOW.discoveryUrl ?? '', resource: false } as const;

let dialogue: Dialogue;
afterEach(() => dialogue.stop());

interface Row {
  readonly name: string;
  readonly source: string;
  readonly provider: DocumentedProvider;
  readonly options: Partial<LoginOptions>;
  readonly reason: 'denied' | 'refused' | 'unavailable';
  readonly cause: string;
}

const answering = (provider: DocumentedProvider, response: Record<string, string>): DocumentedProvider => ({
  ...provider,
  authorize: () => response,
});
const saying = (
  provider: DocumentedProvider,
  change: (usual: Readonly<Record<string, unknown>>) => object | undefined,
): DocumentedProvider => ({ ...provider, idToken: change });
const failing = (provider: DocumentedProvider, status: number, error: string): DocumentedProvider => ({
  ...provider,
  token: () => ({ status, body: { error } }),
});

const NOT_BELIEVED = { reason: 'refused', cause: 'invalid_response' } as const;

const rows: Row[] = [
  {
    name: 'Auth0: the person is not allowed',
    source:
      'https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger',
    provider: answering(AUTH0_TENANT, { error: 'access_denied', error_description: 'not today' }),
    options: AUTH0,
    ...{ reason: 'denied', cause: 'access_denied' },
  },
  {
    name: 'Cognito: a scope that the app client may not ask for',
    source: 'https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html',
    provider: answering(COGNITO_POOL, { error: 'invalid_scope' }),
    options: COGNITO,
    ...{ reason: 'refused', cause: 'invalid_scope' },
  },
  {
    name: 'Cognito: a code that was used before',
    source: 'https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html',
    provider: failing(COGNITO_POOL, 400, 'invalid_grant'),
    options: COGNITO,
    ...{ reason: 'refused', cause: 'invalid_grant' },
  },
  {
    name: 'Entra: who asks for a resource, as without the preset',
    source: `${LEARN}/entra/identity-platform/reference-error-codes`,
    provider: ENTRA_TENANT,
    options: { issuer: ENTRA_TENANT.issuer },
    ...{ reason: 'refused', cause: 'invalid_request' },
  },
  {
    name: 'Entra: the person declines what the app asks for',
    source: `${LEARN}/entra/identity-platform/v2-oauth2-auth-code-flow`,
    provider: answering(ENTRA_TENANT, {
      error: 'access_denied',
      error_description: 'AADSTS65004: User declined to consent to access the app.',
    }),
    options: ENTRA,
    ...{ reason: 'denied', cause: 'access_denied' },
  },
  {
    name: 'Entra: a secret that has expired',
    source: `${LEARN}/entra/identity-platform/reference-error-codes`,
    provider: failing(ENTRA_TENANT, 401, 'invalid_client'),
    options: ENTRA,
    ...{ reason: 'refused', cause: 'invalid_client' },
  },
  {
    name: 'Entra: the description for every tenant, whose issuer is a template',
    source: `${LEARN}/entra/identity-platform/v2-protocols-oidc`,
    provider: {
      ...ENTRA_TENANT,
      issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
      discoveryUrl: 'https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration',
    },
    options: {
      ...ENTRA,
      discoveryUrl: 'https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration',
    },
    reason: 'unavailable',
    cause: `${ENTRA.issuer} refused: invalid_response (it describes another issuer)`,
  },
  {
    name: 'Azure AD B2C: the person cancels',
    source: `${LEARN}/azure/active-directory-b2c/error-codes`,
    provider: answering(B2C_FLOW, {
      error: 'access_denied',
      error_description: 'AADB2C90091: The user has cancelled entering self-asserted information.',
    }),
    options: B2C,
    ...{ reason: 'denied', cause: 'access_denied' },
  },
  {
    name: 'Okta: no rule of the access policy lets the person in',
    source: 'https://developer.okta.com/docs/guides/configure-access-policy/main/',
    provider: answering(OKTA_SERVER, {
      error: 'access_denied',
      error_description: 'Policy evaluation failed for this request, please check the policy configurations.',
    }),
    options: OKTA,
    ...{ reason: 'denied', cause: 'access_denied' },
  },
  {
    name: 'Okta: the description of the server that every organisation has',
    source: 'https://developer.okta.com/docs/concepts/auth-servers/',
    provider: OKTA_ORGANISATION,
    options: { ...OKTA, discoveryUrl: `${OKTA_ORGANISATION.issuer}/.well-known/openid-configuration` },
    reason: 'unavailable',
    cause: `${OKTA.issuer} refused: invalid_response (it describes another issuer)`,
  },
  {
    name: 'Okta: too many requests',
    source: 'https://developer.okta.com/docs/reference/rate-limits/',
    provider: failing(OKTA_SERVER, 429, 'too_many_requests'),
    options: OKTA,
    ...{ reason: 'unavailable', cause: 'too_many_requests' },
  },
  {
    name: 'Google: the issuer of its legacy ID tokens, which is no address',
    source: 'https://developers.google.com/identity/openid-connect/reference',
    provider: saying(GOOGLE_ACCOUNTS, (usual) => ({ ...usual, iss: 'accounts.google.com' })),
    options: google().login,
    ...NOT_BELIEVED,
  },
  {
    name: 'Google: a hosted domain’s administrator forbids the app',
    source: 'https://developers.google.com/identity/protocols/oauth2/web-server',
    provider: answering(GOOGLE_ACCOUNTS, { error: 'admin_policy_enforced', iss: GOOGLE_ACCOUNTS.issuer }),
    options: google().login,
    ...{ reason: 'refused', cause: 'admin_policy_enforced' },
  },
  {
    name: 'Keycloak: the answer of another realm (mix-up)',
    source: RFC_9207,
    provider: answering(KEYCLOAK_REALM, { code: 'code', iss: 'https://id.example.com/realms/other' }),
    options: KEYCLOAK,
    ...NOT_BELIEVED,
  },
  {
    name: 'Keycloak: an answer that does not say whose it is',
    source: RFC_9207,
    provider: answering(KEYCLOAK_REALM, { code: 'code' }),
    options: KEYCLOAK,
    ...NOT_BELIEVED,
  },
  {
    name: 'Keycloak: an ID token of another realm',
    source: CORE,
    provider: saying(KEYCLOAK_REALM, (usual) => ({ ...usual, iss: 'https://id.example.com/realms/other' })),
    options: KEYCLOAK,
    ...NOT_BELIEVED,
  },
  {
    name: 'An ID token without the nonce of the login',
    source: CORE,
    provider: saying(AUTH0_TENANT, (usual) => ({ ...usual, nonce: undefined })),
    options: AUTH0,
    ...NOT_BELIEVED,
  },
  {
    name: 'An ID token with the nonce of another login',
    source: CORE,
    provider: saying(AUTH0_TENANT, (usual) => ({ ...usual, nonce: 'n-0S6_WzA2Mj' })),
    options: AUTH0,
    ...NOT_BELIEVED,
  },
  {
    name: 'An ID token for another client',
    source: CORE,
    provider: saying(AUTH0_TENANT, (usual) => ({ ...usual, aud: 'another' })),
    options: AUTH0,
    ...NOT_BELIEVED,
  },
  {
    name: 'An ID token that has expired',
    source: CORE,
    provider: saying(AUTH0_TENANT, (usual) => ({ ...usual, exp: Number(usual.iat) - 600 })),
    options: AUTH0,
    ...NOT_BELIEVED,
  },
  {
    name: 'Tokens without an ID token',
    source: CORE,
    provider: saying(AUTH0_TENANT, () => undefined),
    options: AUTH0,
    ...NOT_BELIEVED,
  },
  {
    name: 'A provider in trouble says so',
    source: RFC_6749,
    provider: answering(AUTH0_TENANT, { error: 'temporarily_unavailable' }),
    options: AUTH0,
    ...{ reason: 'unavailable', cause: 'temporarily_unavailable' },
  },
];

it.each(rows)('$name: $reason ($source)', async ({ provider, options, reason, cause }) => {
  dialogue = await logIn(provider, options);
  expect(dialogue.events).toContainEqual({ type: 'login_failed', reason, cause });
  expect(dialogue.events).not.toContainEqual(expect.objectContaining({ type: 'logged_in' }));
  await expect(dialogue.token()).resolves.toBeUndefined();
});

it('A state of no login of this browser is refused before the provider is asked for tokens', async () => {
  dialogue = await logIn(answering(KEYCLOAK_REALM, { code: 'code', state: 'forged' }), KEYCLOAK);
  expect(dialogue.events).toContainEqual({ type: 'login_failed', reason: 'unknown' });
  expect(dialogue.double.last('token')).toBeUndefined();
});
