import { realmOf } from '../../../../cli/src/identity/realm-of';
import { defineEnvironment } from '../../../../stacks/environments/define-environment';
import { dev } from '../../../../stacks/environments/dev';

it('is called as the policy, and belongs to its environment', () => {
  expect(realmOf('dev')).toMatchObject({ realm: 'fintech-api', owner: 'fintech-api/dev' });
  expect(realmOf('prod')).toMatchObject({ realm: 'fintech-api', owner: 'fintech-api/prod' });
});

it('is called as its environment says', () => {
  const environment = defineEnvironment({ ...dev(), keycloakRealm: 'fintech-dev' });
  expect(realmOf('dev', [environment])).toMatchObject({
    ...{ realm: 'fintech-dev', owner: 'fintech-api/dev', settings: { realm: 'fintech-dev' } },
  });
});

it.each(['local', 'production'])('is none of %s, and says which there are', (name) => {
  expect(() => realmOf(name)).toThrow('expected one of the environments dev, staging, prod');
});
