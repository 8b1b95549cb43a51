import { accessFromEnvironment } from '../../../../cli/src/identity/access';
import { KeycloakAdmin } from '../../../../cli/src/identity/admin-client';

const right = {
  KEYCLOAK_URL: 'https://id.example.com/auth/',
  KEYCLOAK_ADMIN_CLIENT_ID: 'deployer',
  KEYCLOAK_ADMIN_CLIENT_SECRET: 'hunter2',
};

it('comes from the environment, with the path that Keycloak is below', () => {
  expect(accessFromEnvironment(right)).toEqual({
    ...{ url: 'https://id.example.com/auth', clientId: 'deployer', clientSecret: 'hunter2' },
  });
});

it('names every variable that is missing, and no value', () => {
  expect(() => accessFromEnvironment({})).toThrow(
    'KEYCLOAK_URL, KEYCLOAK_ADMIN_CLIENT_ID, KEYCLOAK_ADMIN_CLIENT_SECRET',
  );
  expect(() => accessFromEnvironment({ ...right, KEYCLOAK_URL: 'hunter2' })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('hunter2') as unknown }) as Error,
  );
});

it('sends no secret in the clear to another machine', () => {
  const access = { url: 'http://id.example.com', clientId: 'deployer', clientSecret: 'hunter2' };
  expect(() => new KeycloakAdmin(access)).toThrow(/in the clear.*https/s);
  expect(() => new KeycloakAdmin({ ...access, url: 'http://127.0.0.1:8080' })).not.toThrow();
});
