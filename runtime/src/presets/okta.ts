import { expectShape, HOST, type Preset } from './preset';

/** Options of `okta()`. */
export interface OktaOptions {
  /** The organisation's domain, or a custom one: `fintech.okta.com`. */
  readonly domain: string;
  /** The custom authorization server: tokens of the one that every organisation has cannot be verified. @default 'default' */
  readonly server?: string;
}

/**
 * Okta, a custom authorization server. Scopes are in `scp`, a list. The audience is the server's, so there is no
 * `resource`.
 *
 * https://developer.okta.com/docs/reference/api/oidc/
 *
 * @throws AuthOptionsError
 */
export function okta(options: OktaOptions): Preset {
  const { domain, server = 'default' } = options;
  expectShape(
    'okta',
    { domain, server },
    {
      domain: [HOST, 'fintech.okta.com'],
      server: [/^[A-Za-z0-9]+$/, 'default'],
    },
  );
  const issuer = `https://${domain}/oauth2/${server}`;
  return {
    verify: { issuer, tokenType: 'any', claims: { scopes: ['scp'] } },
    login: { issuer, resource: false },
    client: { issuer },
  };
}
