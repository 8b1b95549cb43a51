import { expectShape, type Preset } from './preset';

/** Options of `entra()`. */
export interface EntraOptions {
  /** The directory (tenant) ID. */
  readonly tenant: string;
  /** The API's application (client) ID, as its registration shows it. */
  readonly api: string;
  /** Scopes of the API that people's logins ask for, by their short names. @default those that an administrator granted */
  readonly scopes?: readonly string[];
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Microsoft Entra ID, tokens of version 2 (`requestedAccessTokenVersion: 2` in the API's manifest). People's tokens have
 * `scp`, services' `roles`. An organisation is a tenant, by its ID. It refuses `resource`: the API stands before each scope.
 *
 * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 *
 * @throws AuthOptionsError
 */
export function entra(options: EntraOptions): Preset {
  const example = '72f988bf-86f1-41af-91ab-2d7cd011db47';
  expectShape('entra', { ...options }, { tenant: [GUID, example], api: [GUID, example] });
  const { tenant, api, scopes = ['.default'] } = options;
  const issuer = `https://login.microsoftonline.com/${tenant}/v2.0`;
  const claims = { organisation: 'tid' };
  return {
    verify: { issuer, audience: api, tokenType: 'any', claims: { ...claims, scopes: ['scp', 'roles'] } },
    login: {
      issuer,
      resource: false,
      scopes: ['openid', 'offline_access', ...scopes.map((scope) => `api://${api}/${scope}`)],
      claims,
    },
    client: { issuer, scopes: [`api://${api}/.default`] },
  };
}
