import { doomedLending, refuseOtherVault } from '../../../../cli/src/deploy/doomed-lending';

const resource = (type: string, actions: string[], before: object) => ({ type, change: { actions, before } });
const plan = (...resources: object[]): string => JSON.stringify({ resource_changes: resources });

const mount = (type: string, ...actions: string[]) =>
  resource('vault_mount', actions, { type, path: 'lending' });
const connection = (...actions: string[]) =>
  resource('vault_database_secret_backend_connection', actions, { backend: 'lending', name: 'postgres' });
const role = (name: string, ...actions: string[]) =>
  resource('vault_database_secret_backend_role', actions, { backend: 'lending', name });

it('finds database engines that a plan destroys, once, and not what stays', () => {
  const doomed = doomedLending(
    plan(mount('database', 'delete'), connection('delete'), role('shop', 'delete')),
  );
  expect(doomed).toEqual([{ mount: 'lending', removes: expect.any(Function) as unknown }]);
  expect(doomedLending(plan(mount('kv', 'delete'), connection('update'), role('shop', 'delete')))).toEqual(
    [],
  );
  expect(doomedLending('{}')).toEqual([]);
});

it('finds a connection that is made anew, and takes for gone the roles alone that do not come back', () => {
  const [lending] = doomedLending(
    plan(connection('delete', 'create'), role('old', 'delete'), role('shop', 'delete', 'create')),
  );
  expect(lending).toMatchObject({ mount: 'lending', connection: 'postgres' });
  expect(['old', 'shop', 'others'].map((name) => lending?.removes?.(name))).toEqual([true, false, false]);
});

it.each([
  [{ address: 'https://other.example.com' }, false],
  [{ namespace: 'team' }, false],
  [{ address: 'https://vault.example.com' }, true],
  [{}, true],
])('of a provider with %j, the command takes the Vault for its own: %s', (provider, same) => {
  const refuse = () => {
    refuseOtherVault(JSON.stringify({ provider: { vault: [{}, provider] } }), {
      VAULT_ADDR: 'https://vault.example.com',
    });
  };
  if (same) expect(refuse).not.toThrow();
  else expect(refuse).toThrow(/in a Vault that its provider names itself/);
});
