/** What the benchmark compares; the first is the baseline. */
export const AUTH_PEERS = [
  'bare Express',
  'Portcullis',
  'node-oauth2-jwt-bearer',
  'express-jwt + jwks-rsa',
  'aws-jwt-verify',
  'jose',
] as const;

export type AuthPeer = (typeof AUTH_PEERS)[number];
