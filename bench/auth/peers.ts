/** What the benchmark compares; the first is the baseline. */
export const AUTH_PEERS = [
  'bare Express',
  'Portcullis',
  'node-oauth2-jwt-bearer',
  'express-jwt + jwks-rsa',
  'aws-jwt-verify',
  'jose',
] as const;

/** Beside the plain options, on returning tokens alone. */
export const KEYCLOAK_PRESET = 'Keycloak preset (nested roles)';

export type AuthPeer = (typeof AUTH_PEERS)[number] | typeof KEYCLOAK_PRESET;
