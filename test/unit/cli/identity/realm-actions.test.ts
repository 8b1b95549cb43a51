import { keycloakRealm } from '@portcullis/constructs/keycloak';
import type { KeycloakAdmin } from '../../../../cli/src/identity/admin-client';
import { applyRealm } from '../../../../cli/src/identity/reconcile';
import { secretOf } from '../../../../cli/src/identity/realm-actions';
import { policy } from '../../../../policy';
import { KeycloakDouble } from '../../../support/identity/keycloak-double';

const NAME = policy.name;
const login = { clientId: 'web', redirectUri: 'https://api.example.com/auth/callback' };
const stack = keycloakRealm({ policy, environment: 'prod', login });

let server: KeycloakDouble;
let admin: KeycloakAdmin;
beforeEach(async () => {
  server = new KeycloakDouble();
  admin = await server.start();
  await applyRealm(admin, stack);
  server.writes.length = 0;
});
afterEach(() => server.stop());

it('gives the secret of a client of ours, and another one when asked', async () => {
  const before = await secretOf(admin, stack, 'web');
  expect(before).toBe(server.client(NAME, 'web').secret);
  const after = await secretOf(admin, stack, 'web', true);
  expect(after).toBe(server.client(NAME, 'web').secret);
  expect(after).not.toBe(before);
});

it.each([false, true])(
  'neither shows nor replaces the secret of somebody else’s client (new: %s)',
  async (isNew) => {
    server.realm(NAME).clients.push({ id: 'theirs', clientId: 'payroll', secret: 'hunter2' });
    await expect(secretOf(admin, stack, 'payroll', isNew)).rejects.toMatchObject({
      code: 'ERR_SETTING',
      message: expect.stringContaining('the client payroll was not made by Portcullis') as unknown,
    });
    expect(server.writes).toEqual([]);
  },
);

it('is none of another environment’s', async () => {
  const dev = keycloakRealm({ policy, environment: 'dev', login });
  await expect(secretOf(admin, dev, 'web', true)).rejects.toMatchObject({
    message: expect.stringContaining(`belongs to "${NAME}/prod"`) as unknown,
  });
  expect(server.writes).toEqual([]);
});

it('says that a client has none that somebody made a public one', async () => {
  server.client(NAME, 'web').publicClient = true;
  await expect(secretOf(admin, stack, 'web')).rejects.toMatchObject({
    code: 'ERR_SETTING',
    message: expect.stringMatching(/has no secret.*identity apply/s) as unknown,
  });
});
