import { ADDRESS, expectShape, type Preset } from './preset';

/** Options of `keycloak()`. */
export interface KeycloakOptions {
  /** Where Keycloak is, with its path if it has one: `https://id.example.com`. */
  readonly url: string;
  /** Name of the realm. */
  readonly realm: string;
  /** Whose client roles are scopes as well: the client that stands for the API. @default roles of the realm alone */
  readonly client?: string;
}

/**
 * Keycloak 24 and newer. Roles of the realm are scopes beside the client scopes that were asked for. Organisations come
 * from the claim `organization`, which the scope of that name brings, and the tier from an organisation's attribute `tier`
 * in it: the scope's mapper has to add attributes. The API is named by an audience mapper; Keycloak
 * ignores `resource`.
 *
 * https://www.keycloak.org/docs/latest/server_admin/
 *
 * @throws AuthOptionsError
 * @example
 * const identity = keycloak({ url: 'https://id.example.com', realm: 'fintech' });
 * app.use(requireAuth({ policy, ...identity.verify }));
 */
export function keycloak(options: KeycloakOptions): Preset {
  expectShape(
    'keycloak',
    { ...options },
    {
      url: [ADDRESS, 'https://id.example.com'],
      realm: [/^[^/?#\s]+$/, 'fintech'],
    },
  );
  const { url, realm, client } = options;
  const issuer = `${url}/realms/${realm}`;
  const claims = { organisation: ['organization', '*'] };
  return {
    verify: {
      issuer,
      // Its access tokens say `typ: JWT` in the header, and `typ: Bearer` in the claims, which is looked at.
      tokenType: 'any',
      claims: {
        ...claims,
        tier: ['organization', '*', 'tier', '*'],
        scopes: [
          'scope',
          ['realm_access', 'roles'],
          ...(client === undefined ? [] : [['resource_access', client, 'roles']]),
        ],
      },
    },
    login: { issuer, resource: false, claims },
    client: { issuer },
  };
}
