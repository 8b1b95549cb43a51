/**
 * What each identity provider does in its own way, as options to spread beside one's own.
 *
 * @module @portcullis/runtime/presets
 */
export { auth0, type Auth0Options } from './auth0';
export { cognito, type CognitoOptions } from './cognito';
export { entra, type EntraOptions } from './entra';
export { google } from './google';
export { hydra, type HydraOptions } from './hydra';
export { keycloak, type KeycloakOptions } from './keycloak';
export { okta, type OktaOptions } from './okta';
export type { ClaimPath } from '../auth/claim-path';
export type { Preset } from './preset';
export { zitadel, type ZitadelOptions } from './zitadel';
