/** What providers publish and answer, each as its documentation says, which the rows of the dialogues name. */
import type { DocumentedProvider } from './double';

const below = (address: string, endpoints: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(endpoints).map(([name, path]) => [`${name}_endpoint`, address + path]));

const endpoints = (
  address: string,
  authorization: string,
  token: string,
  more: Readonly<Record<string, string>> = {},
): DocumentedProvider['metadata'] => ({
  ...below(address, more),
  authorization_endpoint: address + authorization,
  token_endpoint: address + token,
});

/** A renewal brings no refresh token: the first one goes on (RFC 6749 §6). */
const keepingRefreshTokens: NonNullable<DocumentedProvider['token']> = ({ grant_type: grant }, usual) => {
  const { refresh_token: refreshToken, ...rest } = usual;
  return { body: grant === 'refresh_token' ? rest : { ...rest, refresh_token: refreshToken } };
};

const AUTH0 = 'https://fintech.eu.auth0.com';
/** Without rotation of refresh tokens, as its applications are made. */
export const AUTH0_TENANT: DocumentedProvider = {
  issuer: `${AUTH0}/`,
  metadata: endpoints(AUTH0, '/authorize', '/oauth/token', {
    revocation: '/oauth/revoke',
    end_session: '/oidc/logout',
  }),
  token: keepingRefreshTokens,
};

const COGNITO = 'https://fintech.auth.eu-west-1.amazoncognito.com';
/** Its logout takes `client_id` and `logout_uri`, or asks for a login again. */
export const COGNITO_POOL: DocumentedProvider = {
  issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123',
  metadata: endpoints(COGNITO, '/oauth2/authorize', '/oauth2/token', {
    revocation: '/oauth2/revoke',
    end_session: '/logout',
  }),
  token: keepingRefreshTokens,
  logOut: ({ client_id: client, logout_uri: back }) => (client === undefined ? undefined : back),
};

export const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const ENTRA = `https://login.microsoftonline.com/${TENANT}`;
/** It knows no `resource`. */
export const ENTRA_TENANT: DocumentedProvider = {
  issuer: `${ENTRA}/v2.0`,
  metadata: endpoints(`${ENTRA}/oauth2/v2.0`, '/authorize', '/token', { end_session: '/logout' }),
  authorize: ({ resource }) =>
    resource === undefined
      ? { code: 'code', session_state: 'a' }
      : {
          error: 'invalid_request',
          error_description: "AADSTS901002: The 'resource' request parameter is not supported.",
        },
};

const B2C = 'https://fintech.b2clogin.com/fintech.onmicrosoft.com/B2C_1_sign_in';
export const B2C_FLOW: DocumentedProvider = {
  issuer: `https://fintech.b2clogin.com/${TENANT}/v2.0/`,
  discoveryUrl: `${B2C}/v2.0/.well-known/openid-configuration`,
  metadata: endpoints(`${B2C}/oauth2/v2.0`, '/authorize', '/token', { end_session: '/logout' }),
};

const OKTA = 'https://fintech.okta.com';
const OKTA_ENDPOINTS = { revocation: '/v1/revoke', end_session: '/v1/logout' };
export const OKTA_SERVER: DocumentedProvider = {
  issuer: `${OKTA}/oauth2/default`,
  metadata: endpoints(`${OKTA}/oauth2/default`, '/v1/authorize', '/v1/token', OKTA_ENDPOINTS),
};
/** The one that every organisation has, whose issuer is the organisation. */
export const OKTA_ORGANISATION: DocumentedProvider = {
  issuer: OKTA,
  metadata: endpoints(`${OKTA}/oauth2`, '/v1/authorize', '/v1/token', OKTA_ENDPOINTS),
};

const ZITADEL = 'https://fintech.zitadel.cloud';
export const ZITADEL_INSTANCE: DocumentedProvider = {
  issuer: ZITADEL,
  metadata: endpoints(ZITADEL, '/oauth/v2/authorize', '/oauth/v2/token', {
    revocation: '/oauth/v2/revoke',
    end_session: '/oidc/v1/end_session',
  }),
};

const GOOGLE = 'https://accounts.google.com';
/** It has no logout, and says who answers (RFC 9207). */
export const GOOGLE_ACCOUNTS: DocumentedProvider = {
  issuer: GOOGLE,
  metadata: {
    authorization_endpoint: `${GOOGLE}/o/oauth2/v2/auth`,
    token_endpoint: 'https://oauth2.googleapis.com/token',
    revocation_endpoint: 'https://oauth2.googleapis.com/revoke',
    authorization_response_iss_parameter_supported: true,
  },
  authorize: () => ({ code: 'code', iss: GOOGLE, scope: 'openid email', authuser: '0', prompt: 'consent' }),
  token: keepingRefreshTokens,
};

const KEYCLOAK = 'https://id.example.com/realms/fintech';
export const KEYCLOAK_REALM: DocumentedProvider = {
  issuer: KEYCLOAK,
  metadata: {
    ...endpoints(`${KEYCLOAK}/protocol/openid-connect`, '/auth', '/token', {
      revocation: '/revoke',
      end_session: '/logout',
    }),
    authorization_response_iss_parameter_supported: true,
  },
  authorize: () => ({ code: 'code', iss: KEYCLOAK, session_state: 'a' }),
  idToken: (usual) => ({ ...usual, typ: 'ID', sid: 'a' }),
};

const HYDRA = 'https://hydra.example.com';
export const HYDRA_SERVER: DocumentedProvider = {
  issuer: HYDRA,
  metadata: endpoints(HYDRA, '/oauth2/auth', '/oauth2/token', {
    revocation: '/oauth2/revoke',
    end_session: '/oauth2/sessions/logout',
  }),
};
