import { expectShape, HOST, type Preset } from './preset';

/** Options of `zitadel()`. */
export interface ZitadelOptions {
  /** The instance's domain: `fintech.zitadel.cloud`. */
  readonly domain: string;
  /** The project that stands for the API: its ID is the audience. */
  readonly project: string;
}

/**
 * ZITADEL, with access tokens as JWT. Roles of the project are scopes; the organisation is the one that the person belongs
 * to. The API is asked for by scopes of ZITADEL's own, and by no `resource`.
 *
 * https://zitadel.com/docs/apis/openidoauth/scopes
 *
 * @throws AuthOptionsError
 */
export function zitadel(options: ZitadelOptions): Preset {
  expectShape(
    'zitadel',
    { ...options },
    {
      domain: [HOST, 'fintech.zitadel.cloud'],
      project: [/^\d+$/, '69234237810729019'],
    },
  );
  const { domain, project } = options;
  const issuer = `https://${domain}`;
  const claims = { organisation: 'urn:zitadel:iam:user:resourceowner:id' };
  const scopes = [
    `urn:zitadel:iam:org:project:id:${project}:aud`,
    'urn:zitadel:iam:org:projects:roles',
    'urn:zitadel:iam:user:resourceowner',
  ];
  return {
    verify: {
      issuer,
      audience: project,
      tokenType: 'any',
      claims: { ...claims, scopes: ['scope', [`urn:zitadel:iam:org:project:${project}:roles`, '*']] },
    },
    login: { issuer, resource: false, scopes: ['openid', 'offline_access', ...scopes], claims },
    client: { issuer, scopes: ['openid', ...scopes] },
  };
}
