import type { JsonWebKey } from 'node:crypto';

/** A machine client: a service of one organisation. */
export interface OidcClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Claim `org_id`. */
  readonly organisation: string;
  /** Claim `tier`. */
  readonly tier: string;
  readonly scopes: readonly string[];
}

/** All that the provider's process is told, over IPC. */
export interface OidcSettings {
  readonly issuer: string;
  readonly host: string;
  readonly port: number;
  readonly audience: string;
  readonly scopes: readonly string[];
  readonly accessTokenSeconds: number;
  readonly clients: readonly OidcClient[];
  readonly signingKey: JsonWebKey;
}
