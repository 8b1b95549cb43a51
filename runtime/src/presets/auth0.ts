import { expectShape, HOST, type Preset } from './preset';

/** Options of `auth0()`. */
export interface Auth0Options {
  /** The tenant's domain, or a custom one: `fintech.eu.auth0.com`. */
  readonly domain: string;
  /** The API's identifier. */
  readonly audience: string;
}

/**
 * Auth0. With RBAC, what a person may do is in `permissions`, beside the scopes that were asked for. Auth0 wants `audience`
 * where others want `resource`. The tier is a claim that an Action adds, whose name has to be a URL.
 *
 * https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles
 *
 * @throws AuthOptionsError
 */
export function auth0(options: Auth0Options): Preset {
  expectShape(
    'auth0',
    { ...options },
    {
      domain: [HOST, 'fintech.eu.auth0.com'],
      audience: [/./, 'https://api.example.com'],
    },
  );
  const { domain, audience } = options;
  const issuer = `https://${domain}/`;
  return {
    verify: {
      issuer,
      audience,
      // Of the two profiles of its tokens, the default one says `JWT`, the other `at+jwt`.
      tokenType: 'any',
      claims: { scopes: ['scope', 'permissions'] },
    },
    login: { issuer, resource: false, parameters: { audience } },
    client: { issuer, parameters: { audience } },
  };
}
