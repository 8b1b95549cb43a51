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

/** Someone who can sign in: no password is asked for, the page offers everyone there is. */
export interface OidcPerson {
  readonly subject: string;
  readonly name: string;
  /** Claim `org_id`. */
  readonly organisation: string;
  /** Claim `tier`. */
  readonly tier: string;
  /** Claim `groups`. @default none */
  readonly groups?: readonly string[];
}

/** A web app that people sign in to. */
export interface OidcWebClient {
  readonly clientId: string;
  /** Nothing of a public client and of one that signs. */
  readonly clientSecret?: string;
  readonly authentication: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
  /** The public half of the key that signs. */
  readonly publicKey?: JsonWebKey;
  readonly redirectUri: string;
  /** Where people arrive after they signed out. */
  readonly afterLogoutUri: string;
  /** Told of every session that ends (OpenID Connect Back-Channel Logout 1.0). */
  readonly backChannelLogoutUri?: string;
}

/** The provider's process gets all of this over IPC, at its start and whenever something changes. */
export interface OidcSettings {
  readonly issuer: string;
  readonly host: string;
  readonly port: number;
  readonly audience: string;
  readonly scopes: readonly string[];
  readonly accessTokenSeconds: number;
  /** Whether each renewal brings another refresh token (RFC 9700 §4.14.2). @default true */
  readonly rotatesRefreshTokens?: boolean;
  readonly clients: readonly OidcClient[];
  readonly people: readonly OidcPerson[];
  readonly webClients: readonly OidcWebClient[];
  /** The first one signs. */
  readonly signingKeys: readonly JsonWebKey[];
  readonly cookieKey: string;
  /** Keeps sessions and refresh tokens over a restart, as a provider's database does. */
  readonly dataFile: string;
}
