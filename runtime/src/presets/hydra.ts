import { ADDRESS, expectShape, type Preset } from './preset';

/** Options of `hydra()`. */
export interface HydraOptions {
  /** Its exact issuer, `urls.self.issuer` of its configuration: `https://id.example.com`. */
  readonly url: string;
  /** The API, as the clients' `audience` names it. */
  readonly audience: string;
}

/**
 * Ory Hydra 2, with access tokens as JWT (`strategies.access_token: jwt`, or so for each client): opaque ones cannot be
 * verified. Scopes are in `scp`, a list. The API is asked for by `audience`. What the consent app says about a person
 * stands in `ext`: `org_id` and `tier` are looked for there.
 *
 * https://www.ory.com/docs/oauth2-oidc/jwt-access-token
 *
 * @throws AuthOptionsError
 */
export function hydra(options: HydraOptions): Preset {
  expectShape(
    'hydra',
    { ...options },
    {
      url: [ADDRESS, 'https://id.example.com'],
      audience: [/./, 'https://api.example.com'],
    },
  );
  const { url: issuer, audience } = options;
  const claims = { organisation: ['ext', 'org_id'] };
  return {
    verify: {
      issuer,
      audience,
      tokenType: 'any',
      claims: { ...claims, tier: ['ext', 'tier'], scopes: ['scp'] },
    },
    login: { issuer, resource: false, parameters: { audience }, claims },
    client: { issuer, parameters: { audience } },
  };
}
