import { defineConfig } from '../../../../cli/src/config/define-config';
import { realmOf } from '../../../../cli/src/identity/realm-of';
import config from '../../../../portcullis.config';
import { policy } from '../../../../policy';
import { defineEnvironment } from '../../../../stacks/environments/define-environment';
import { dev } from '../../../../stacks/environments/dev';
import * as stacks from '../../../../stacks/realms';

it('is called as the policy, and belongs to its environment', async () => {
  expect(await realmOf('dev', config)).toMatchObject({ realm: 'fintech-api', owner: 'fintech-api/dev' });
  expect(await realmOf('prod', config)).toMatchObject({ realm: 'fintech-api', owner: 'fintech-api/prod' });
});

it('is called as its environment says', () => {
  const environment = defineEnvironment({ ...dev(), keycloakRealm: 'fintech-dev' });
  expect(stacks.realmOf(environment)).toMatchObject({
    ...{ realm: 'fintech-dev', owner: 'fintech-api/dev', settings: { realm: 'fintech-dev' } },
  });
});

it.each(['local', 'production', 'constructor'])('is none of %s, and says which there are', async (name) => {
  await expect(realmOf(name, config)).rejects.toThrow('expected one of the environments dev, staging, prod');
});

it('is nowhere where no environment has one', async () => {
  const without = defineConfig({ policy, environments: { live: {} } });
  await expect(realmOf('live', without)).rejects.toThrow(
    'no environment of portcullis.config.ts has a realm',
  );
});
