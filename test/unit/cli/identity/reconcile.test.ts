import { keycloakRealm, type KeycloakRealm, type KeycloakRealmProps } from '@portcullis/constructs/keycloak';
import type { KeycloakAdmin } from '../../../../cli/src/identity/admin-client';
import { applyRealm, planRealm } from '../../../../cli/src/identity/reconcile';
import { removeRealm } from '../../../../cli/src/identity/realm-actions';
import { policy } from '../../../../policy';
import { KeycloakDouble } from '../../../support/identity/keycloak-double';

const NAME = policy.name;
const AUDIENCE = `${NAME}-audience`;

const realmOf = (environment: string, props: Partial<KeycloakRealmProps> = {}): KeycloakRealm =>
  keycloakRealm({
    ...{ policy, environment },
    login: { clientId: 'web', redirectUri: 'https://api.example.com/auth/callback' },
    ...props,
  });
const prod = realmOf('prod');

let server: KeycloakDouble;
let admin: KeycloakAdmin;
beforeEach(async () => {
  server = new KeycloakDouble();
  admin = await server.start();
  await applyRealm(admin, prod);
  server.writes.length = 0;
});
afterEach(() => server.stop());

it('has nothing to do a second time', async () => {
  await expect(applyRealm(admin, prod)).resolves.toEqual([]);
  expect(server.writes).toEqual([]);
});

describe('environments on one Keycloak', () => {
  it('neither plan, change nor remove the realm of another', async () => {
    const refusal = {
      code: 'ERR_SETTING',
      message: expect.stringContaining(
        `the realm ${NAME} belongs to "${NAME}/prod", not to "${NAME}/dev"`,
      ) as unknown,
    };
    await expect(planRealm(admin, realmOf('dev'))).rejects.toMatchObject(refusal);
    await expect(applyRealm(admin, realmOf('dev'))).rejects.toMatchObject(refusal);
    await expect(removeRealm(admin, realmOf('dev'))).rejects.toMatchObject(refusal);
    expect(server.writes).toEqual([]);
  });

  it('have a realm each, by its name', async () => {
    const dev = realmOf('dev', { realm: 'orders-dev' });
    await applyRealm(admin, dev);
    expect([...server.realms.keys()]).toEqual([NAME, 'orders-dev']);
    await expect(removeRealm(admin, dev)).resolves.toBe(true);
    await expect(planRealm(admin, prod)).resolves.toEqual([]);
  });
});

describe('a scope of a client that is in the wrong list', () => {
  it.each([
    ['defaultClientScopes', 'optionalClientScopes', AUDIENCE, ['+ default scope', '- optional scope']],
    ['optionalClientScopes', 'defaultClientScopes', 'email', ['+ optional scope', '- default scope']],
  ] as const)('is back in %s after one apply', async (right, wrong, scope, signs) => {
    const client = server.client(NAME, 'web');
    const before = client[right] as string[];
    client[right] = before.filter((name) => name !== scope);
    client[wrong] = [...(client[wrong] as string[]), scope];

    const [change, ...others] = await applyRealm(admin, prod);
    expect(others).toEqual([]);
    expect(change).toMatchObject({ action: 'update', subject: 'client web' });
    expect(change?.fields).toHaveLength(2);
    expect(change?.fields).toEqual(expect.arrayContaining(signs.map((sign) => `${sign} ${scope}`)));

    expect(new Set(client[right] as string[])).toEqual(new Set(before));
    expect(client[wrong]).not.toContain(scope);
    await expect(planRealm(admin, prod)).resolves.toEqual([]);
  });
});

it('neither takes over nor removes a client scope that somebody else made', async () => {
  const theirs = server.realm(NAME).scopes.find(({ name }) => name === 'read:transactions')!;
  theirs.attributes = { team: 'billing' };
  const refusal = {
    code: 'ERR_SETTING',
    message: expect.stringContaining(
      'the client scope read:transactions was not made by Portcullis',
    ) as unknown,
  };
  await expect(planRealm(admin, prod)).rejects.toMatchObject(refusal);
  await expect(applyRealm(admin, prod)).rejects.toMatchObject(refusal);
  expect(theirs.attributes).toEqual({ team: 'billing' });
});

it('writes no secret: one that was replaced meanwhile stays', async () => {
  const client = server.client(NAME, 'web');
  client.redirectUris = ['https://elsewhere.example.com'];
  server.before = ({ method }) => {
    if (method === 'PUT') client.secret = 'replaced';
  };
  await expect(applyRealm(admin, prod)).resolves.toHaveLength(1);
  expect(client).toMatchObject({
    secret: 'replaced',
    redirectUris: ['https://api.example.com/auth/callback'],
  });
  expect(server.writes.filter(({ body }) => 'secret' in body)).toEqual([]);
});

it('makes a scope of Keycloak’s own that somebody removed again, for OpenID Connect', async () => {
  const { scopes } = server.realm(NAME);
  scopes.splice(
    scopes.findIndex(({ name }) => name === 'organization'),
    1,
  );
  await applyRealm(admin, prod);
  expect(server.writes[0]).toMatchObject({
    ...{ method: 'POST', body: { name: 'organization', protocol: 'openid-connect' } },
  });
});
