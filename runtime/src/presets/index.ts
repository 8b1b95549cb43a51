export { auth0, type Auth0Options } from './auth0';
export { cognito, type CognitoOptions } from './cognito';
export { entra, type EntraOptions } from './entra';
export { google } from './google';
export { hydra, type HydraOptions } from './hydra';
export { keycloak, type KeycloakOptions } from './keycloak';
export { okta, type OktaOptions } from './okta';
export type { Preset } from './preset';
export { zitadel, type ZitadelOptions } from './zitadel';
