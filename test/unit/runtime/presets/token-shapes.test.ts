/**
 * Access tokens as each provider's documentation shows them, or as its server gave them, and what becomes of them. The
 * ID tokens of the same providers, and tokens of their other kinds, are never access tokens.
 */
import {
  auth0,
  cognito,
  entra,
  google,
  keycloak,
  okta,
  zitadel,
  type Preset,
} from '@portcullis/runtime/presets';
import { policy } from '../../../../policy';
import type { AuthContext, AuthOptions } from '../../../../runtime/src/auth';
import { resolveAuth } from '../../../../runtime/src/auth/options';
import { makeVerifier, type TokenVerifier } from '../../../../runtime/src/auth/token/token-verifier';
import { Forge } from '../../../support/attack/forge';
import { manualClock, settled } from '../../../support/clock';

const NOW = Date.UTC(2026, 5, 1) / 1_000;
const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const API = '0f8fad5b-d9cb-469f-a165-70867728950e';

const presets = {
  auth0: auth0({ domain: 'fintech.eu.auth0.com', audience: policy.audience }),
  cognito: cognito({ userPool: 'eu-west-1_AbCdEf123', clients: ['web', 'billing'] }),
  entra: entra({ tenant: TENANT, api: API }),
  keycloak: keycloak({ url: 'https://id.example.com', realm: 'fintech', client: 'fintech-api' }),
  okta: okta({ domain: 'fintech.okta.com' }),
  zitadel: zitadel({ domain: 'fintech.zitadel.cloud', project: '69234237810729019' }),
};

let verifier: TokenVerifier | undefined;
afterEach(() => verifier?.close());

/** One an issuer: most of what a test of one token would take is making RSA keys. */
const forges = new Map<string, Forge>();
function forgeOf(issuer: string): Forge {
  const forge = forges.get(issuer) ?? new Forge(issuer, policy.audience, NOW);
  forges.set(issuer, forge);
  return forge;
}

/** A token of this provider with exactly these claims, beside its issuer, a subject and a good life. */
async function verified(
  { verify }: Pick<Preset, 'verify'>,
  { header = {}, claims = {} }: { header?: object; claims?: object },
  options: Partial<AuthOptions> = {},
  request?: unknown,
): Promise<AuthContext> {
  const forge = forgeOf(verify.issuer);
  verifier = makeVerifier(
    resolveAuth({ policy, ...verify, jwksUri: 'https://keys.example.com/jwks', ...options }),
    {
      clock: manualClock(NOW * 1_000),
      fetchJson: () => Promise.resolve({ keys: forge.published }),
    },
  );
  await settled();
  const all = { iss: verify.issuer, sub: 'person', iat: NOW, exp: NOW + 600, ...claims };
  const token = forge.token({
    header: Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'rsa-1', typ: 'JWT', ...header })),
    claims: Buffer.from(JSON.stringify(all)),
  });
  return verifier.verify(token, request);
}

const aud = policy.audience;

describe('lets in', () => {
  it.each<[string, keyof typeof presets, { header?: object; claims?: object }, object]>([
    [
      'Auth0, for a person',
      'auth0',
      {
        claims: {
          aud: [aud, 'https://fintech.eu.auth0.com/userinfo'],
          azp: 'web',
          scope: 'openid read:transactions',
        },
      },
      { clientId: 'web', scopes: ['openid', 'read:transactions'] },
    ],
    [
      'Auth0 with RBAC',
      'auth0',
      { claims: { aud, azp: 'web', scope: 'openid', permissions: ['read:transactions'] } },
      { scopes: ['openid', 'read:transactions'] },
    ],
    [
      'Auth0, for a service',
      'auth0',
      { claims: { aud, azp: 'billing', gty: 'client-credentials', scope: 'read:transactions' } },
      { scopes: ['read:transactions'] },
    ],
    [
      'Auth0, an organisation',
      'auth0',
      { claims: { aud, azp: 'web', scope: '', org_id: 'org_9ybsU1dN2dKfDkBi' } },
      { organisation: 'org_9ybsU1dN2dKfDkBi' },
    ],
    [
      'Auth0, the profile of RFC 9068',
      'auth0',
      { header: { typ: 'at+jwt' }, claims: { aud, client_id: 'web', jti: 'a', scope: 'read:transactions' } },
      { clientId: 'web' },
    ],
    [
      'Cognito, for a person',
      'cognito',
      {
        header: { typ: undefined },
        claims: { client_id: 'web', token_use: 'access', scope: 'openid', jti: 'a', username: 'person' },
      },
      { clientId: 'web', scopes: ['openid'] },
    ],
    [
      'Cognito, for a service',
      'cognito',
      { claims: { client_id: 'billing', token_use: 'access', scope: 'api/read' } },
      { scopes: ['api/read'] },
    ],
    [
      'Cognito with groups',
      'cognito',
      { claims: { client_id: 'web', token_use: 'access', scope: 'openid', 'cognito:groups': ['admins'] } },
      { scopes: ['openid', 'admins'] },
    ],
    [
      'Entra, for a person',
      'entra',
      {
        header: { x5t: 'a', nonce: 'n' },
        claims: { aud: API, azp: 'web', azpacr: '1', scp: 'read write', tid: TENANT, ver: '2.0' },
      },
      { scopes: ['read', 'write'], organisation: TENANT },
    ],
    [
      'Entra, for a service',
      'entra',
      { claims: { aud: API, azp: 'billing', azpacr: '1', roles: ['read'], tid: TENANT } },
      { scopes: ['read'] },
    ],
    [
      'Entra, for a service whose tokens say so',
      'entra',
      { claims: { aud: API, azp: 'billing', idtyp: 'app', roles: ['read'], tid: TENANT } },
      { scopes: ['read'] },
    ],
    [
      'Entra, a role beside a scope',
      'entra',
      { claims: { aud: API, azp: 'web', scp: 'read', roles: ['admin'], tid: TENANT } },
      { scopes: ['read', 'admin'] },
    ],
    [
      'Keycloak, for a person, with roles of the realm and of the client',
      'keycloak',
      {
        claims: {
          ...{ aud: [aud, 'account'], azp: 'web', typ: 'Bearer', scope: 'openid email' },
          realm_access: { roles: ['read:transactions'] },
          resource_access: { 'fintech-api': { roles: ['generate:reports'] }, account: { roles: ['manage'] } },
        },
      },
      { scopes: ['openid', 'email', 'read:transactions', 'generate:reports'] },
    ],
    [
      'Keycloak before 25, with the nonce of its login',
      'keycloak',
      { claims: { aud, azp: 'web', typ: 'Bearer', nonce: 'n', scope: 'openid' } },
      { scopes: ['openid'] },
    ],
    [
      'Keycloak, an organisation in a list',
      'keycloak',
      { claims: { aud, typ: 'Bearer', scope: 'openid', organization: ['acme'] } },
      { organisation: 'acme' },
    ],
    [
      'Keycloak, an organisation in an object',
      'keycloak',
      { claims: { aud, typ: 'Bearer', scope: 'openid', organization: { acme: { id: 'a' } } } },
      { organisation: 'acme' },
    ],
    [
      'Keycloak, an organisation with its tier',
      'keycloak',
      { claims: { aud, typ: 'Bearer', scope: 'openid', organization: { acme: { tier: ['pro'] } } } },
      { organisation: 'acme', tier: 'pro' },
    ],
    [
      'Keycloak, an organisation with two tiers',
      'keycloak',
      { claims: { aud, typ: 'Bearer', scope: '', organization: { acme: { tier: ['pro', 'enterprise'] } } } },
      { organisation: 'acme', tier: 'free' },
    ],
    [
      'Keycloak, no organisation',
      'keycloak',
      { claims: { aud, typ: 'Bearer', scope: '' } },
      { tier: 'free' },
    ],
    [
      'Okta',
      'okta',
      {
        header: { typ: undefined },
        claims: { aud, cid: 'web', scp: ['openid', 'read:transactions'], ver: 1 },
      },
      { scopes: ['openid', 'read:transactions'] },
    ],
    [
      'ZITADEL with roles',
      'zitadel',
      {
        claims: {
          ...{ aud: ['web', '69234237810729019'], client_id: 'web', scope: 'openid' },
          'urn:zitadel:iam:org:project:69234237810729019:roles': { reader: { '1': 'acme.example.com' } },
          'urn:zitadel:iam:user:resourceowner:id': '42',
        },
      },
      { scopes: ['openid', 'reader'], organisation: '42' },
    ],
  ])('%s', async (_, provider, token, expected) => {
    await expect(verified(presets[provider], token)).resolves.toMatchObject(expected);
  });

  it.each<[string, Partial<AuthOptions>, { header?: object; claims?: object }, object]>([
    [
      'Hydra: scp, and typ JWT',
      { tokenType: 'any' },
      { claims: { aud: [aud], client_id: 'web', scp: ['read:transactions'], ext: {} } },
      { scopes: ['read:transactions'] },
    ],
    [
      'Duende: scope as a list',
      {},
      {
        header: { typ: 'at+jwt' },
        claims: { aud, client_id: 'web', scope: ['openid', 'read:transactions'] },
      },
      { scopes: ['openid', 'read:transactions'] },
    ],
    [
      'SAP XSUAA: a certificate along with it, which nobody looks at',
      { tokenType: 'any' },
      { header: { x5c: ['MIIB'], x5t: 'a' }, claims: { aud, cid: 'web', scope: ['read'] } },
      { scopes: ['read'] },
    ],
    [
      'a tier in a list of roles',
      { claims: { tier: ['realm_access', 'roles', '*'] } },
      { header: { typ: 'at+jwt' }, claims: { aud, realm_access: { roles: ['offline_access', 'pro'] } } },
      { tier: 'pro' },
    ],
    [
      'a tier of the organisation',
      { claims: { organisation: ['organization', '*'], tier: ['organization', '*', 'tier', '*'] } },
      { header: { typ: 'at+jwt' }, claims: { aud, organization: { acme: { tier: ['enterprise'] } } } },
      { organisation: 'acme', tier: 'enterprise' },
    ],
    [
      'two tiers in a list: the default one',
      { claims: { tier: ['roles', '*'] } },
      { header: { typ: 'at+jwt' }, claims: { aud, roles: ['pro', 'enterprise'] } },
      { tier: 'free' },
    ],
    [
      'names of JavaScript’s, which are nobody’s',
      { claims: { organisation: ['__proto__', 'constructor'], scopes: [['constructor', 'name']] } },
      { header: { typ: 'at+jwt' }, claims: { aud } },
      { scopes: [] },
    ],
  ])('%s', async (_, options, token, expected) => {
    const verify = { issuer: 'https://auth.example.com' };
    await expect(verified({ verify }, token, options)).resolves.toMatchObject(expected);
  });
});

describe('refuses', () => {
  it.each<[string, keyof typeof presets, { header?: object; claims?: object }, string]>([
    ['Auth0’s ID token', 'auth0', { claims: { aud: 'web', nonce: 'n', sid: 's' } }, 'wrong_type'],
    ['Auth0, for another API', 'auth0', { claims: { aud: 'https://other', scope: 'a' } }, 'wrong_audience'],
    [
      'Cognito’s ID token',
      'cognito',
      { claims: { aud: 'web', token_use: 'id', 'cognito:username': 'a' } },
      'wrong_type',
    ],
    [
      'Cognito, another client',
      'cognito',
      { claims: { client_id: 'x', token_use: 'access', scope: '' } },
      'wrong_audience',
    ],
    ['Cognito, a use that is not said', 'cognito', { claims: { client_id: 'web', scope: '' } }, 'wrong_type'],
    [
      'Cognito, a list of clients',
      'cognito',
      { claims: { client_id: { web: 1 }, token_use: 'access', scope: '' } },
      'wrong_audience',
    ],
    [
      'Entra’s ID token, of the API itself',
      'entra',
      { claims: { aud: API, nonce: 'n', roles: ['admin'] } },
      'wrong_type',
    ],
    [
      'Entra’s ID token without a nonce',
      'entra',
      { claims: { aud: API, roles: ['admin'], tid: TENANT } },
      'wrong_type',
    ],
    [
      'Keycloak’s ID token',
      'keycloak',
      { claims: { aud, typ: 'ID', azp: 'web', scope: 'openid' } },
      'wrong_type',
    ],
    [
      'Keycloak’s refresh token',
      'keycloak',
      { claims: { aud, typ: 'Refresh', scope: 'openid' } },
      'wrong_type',
    ],
    ['Keycloak’s logout token', 'keycloak', { claims: { aud, typ: 'Logout', events: {} } }, 'wrong_type'],
    [
      'Keycloak, two organisations',
      'keycloak',
      { claims: { aud, typ: 'Bearer', scope: '', organization: ['acme', 'beta'] } },
      'no_organisation_chosen',
    ],
    [
      'Keycloak, 65 organisations',
      'keycloak',
      {
        claims: {
          aud,
          typ: 'Bearer',
          scope: '',
          organization: Array.from({ length: 65 }, (_, n) => `o${n}`),
        },
      },
      'bad_claim',
    ],
    [
      'Keycloak, an organisation that is a number',
      'keycloak',
      { claims: { aud, typ: 'Bearer', scope: '', organization: [1] } },
      'bad_claim',
    ],
    [
      'Keycloak, roles in another shape',
      'keycloak',
      { claims: { aud, typ: 'Bearer', scope: '', realm_access: { roles: { a: 1 } } } },
      'bad_claim',
    ],
    ['Okta’s ID token', 'okta', { claims: { aud, nonce: 'n' } }, 'wrong_type'],
    [
      'ZITADEL’s ID token',
      'zitadel',
      { claims: { aud: '69234237810729019', client_id: 'web', at_hash: 'a' } },
      'wrong_type',
    ],
    [
      'a key from elsewhere',
      'okta',
      { header: { jku: 'https://evil.example' }, claims: { aud, scp: ['a'] } },
      'forbidden_header',
    ],
    [
      'a certificate from elsewhere',
      'entra',
      { header: { x5u: 'https://evil.example' }, claims: { aud: API, scp: 'a' } },
      'forbidden_header',
    ],
    ['a key of its own', 'auth0', { header: { jwk: {} }, claims: { aud, scope: 'a' } }, 'forbidden_header'],
  ])('%s', async (_, provider, token, reason) => {
    await expect(verified(presets[provider], token)).rejects.toMatchObject({ reason });
  });
});

describe('of several organisations', () => {
  const claims = {
    ...{ aud, typ: 'Bearer', scope: '' },
    organization: { acme: { tier: 'pro' }, beta: { tier: 'enterprise' } },
  };
  const options = { claims: { organisation: ['organization', '*'], tier: ['organization', '*', 'tier'] } };
  const choosing = (choose: unknown, request?: unknown): Promise<AuthContext> =>
    verified(
      presets.keycloak,
      { claims },
      { ...options, chooseOrganisation: choose as NonNullable<AuthOptions['chooseOrganisation']> },
      request,
    );

  it('the request chooses one, with its tier', async () => {
    const choose = (_: readonly string[], request: { org: string }): string => request.org;
    await expect(choosing(choose, { org: 'beta' })).resolves.toMatchObject({
      organisation: 'beta',
      tier: 'enterprise',
    });
    await expect(choosing(choose, { org: 'acme' })).resolves.toMatchObject({
      organisation: 'acme',
      tier: 'pro',
    });
  });

  it.each<[string, unknown]>([
    ['another', () => 'gamma'],
    ['nothing', () => undefined],
    ['a promise', () => Promise.resolve('acme')],
    ['a name of JavaScript’s', () => 'constructor'],
    [
      'a throw',
      () => {
        throw new Error('mine');
      },
    ],
  ])('%s is none of them', async (_, choose) => {
    await expect(choosing(choose)).rejects.toMatchObject({ reason: 'no_organisation_chosen' });
  });
});

describe('a preset', () => {
  it.each(Object.entries(presets))('of %s is plain data that requireAuth() takes', (_, { verify }) => {
    expect(JSON.parse(JSON.stringify(verify))).toEqual(verify);
    expect(() => resolveAuth({ policy, ...verify })).not.toThrow();
  });

  it.each<[string, () => unknown, string]>([
    ['keycloak', () => keycloak({ url: 'id.example.com/', realm: '' }), 'keycloak().url'],
    ['auth0', () => auth0({ domain: 'https://x.auth0.com', audience: '' }), 'auth0().domain'],
    ['cognito', () => cognito({ userPool: 'AbCdEf', clients: 'web' }), 'cognito().userPool'],
    ['entra', () => entra({ tenant: 'common', api: API }), 'entra().tenant'],
    ['okta', () => okta({ domain: 'a.okta.com', server: '../x' }), 'okta().server'],
    ['zitadel', () => zitadel({ domain: 'a b', project: 'x' }), 'zitadel().domain'],
  ])('of %s says what is wrong with what it is told', (_, make, path) => {
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_AUTH_OPTIONS_INVALID' }) as Error);
    expect(make).toThrow(path);
  });

  it('of Google is for login alone: nobody can verify its access tokens', () => {
    expect(Object.keys(google())).toEqual(['login']);
  });
});
