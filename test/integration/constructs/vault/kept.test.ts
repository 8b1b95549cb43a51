/** What people keep in Vault outlives every refactoring of code, on a real server. */
import { AppRoleLogin, KvEntry, KvMount, SecretVariable } from '@portcullis/constructs';
import type { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { useAppliedStack } from '../../applied-stack';

const applied = useAppliedStack();
const VALUE = { TF_VAR_config: JSON.stringify({ key: 'kept' }) };

interface Shape {
  readonly id?: string;
  readonly under?: string;
  readonly preventDestroy?: boolean;
  readonly version?: number;
}

const things =
  ({ id = 'secret', under, version = 1, ...mountProps }: Shape = {}) =>
  (stack: TerraformStack): void => {
    const scope = under === undefined ? stack : new Construct(stack, under);
    const mount = new KvMount(scope, id, mountProps);
    const data = new SecretVariable(scope, `${id}-value`, {
      name: 'config',
      description: 'of the API',
      fields: ['key'],
      version,
    });
    new KvEntry(scope, `${id}-config`, { mount, name: 'orders/config', data, ...mountProps });
    new AppRoleLogin(scope, `${id}-login`, { name: 'orders' });
  };

const entry = async () => (await applied().admin.read('secret/data/orders/config')).data?.data;
const roleId = async () => (await applied().admin.read('auth/approle/role/orders/role-id')).data?.role_id;

/** Each test begins with nothing. */
async function deployed(shape: Shape = {}): Promise<void> {
  await applied().synthesize(things({ preventDestroy: false }));
  await applied().destroy();
  await applied().synthesize(things(shape));
  const { code, output } = await applied().apply(VALUE);
  if (code !== 0) throw new Error(output);
}

it('constructs of other IDs, in another parent, are the things that are there already', async () => {
  await deployed();
  const before = await roleId();
  await applied().admin.write('secret/data/orders/limits', { data: { acme: '100/1m' } });
  await applied().synthesize(things({ id: 'renamed', under: 'team' }));
  expect(await applied().changes()).toEqual([]);
  expect(await entry()).toEqual({ key: 'kept' });
  expect(await roleId()).toBe(before);
});

it('a plan that would destroy what people keep is refused', async () => {
  await deployed();
  const { code, output } = await applied().destroy();
  expect(code).toBe(1);
  expect(output).toContain('vault_mount.secret');
  expect(output).toContain('prevent_destroy');
  expect(await entry()).toEqual({ key: 'kept' });
});

it('an entry that is gone is noticed, and comes back by another version of its secret', async () => {
  await deployed();
  await applied().admin.remove('secret/metadata/orders/config');
  expect(await applied().changes()).toEqual([
    'create vault_generic_endpoint.secret__orders--config__still-there',
  ]);
  expect(await applied().apply()).toMatchObject({ code: 1 });

  await applied().synthesize(things({ version: 2 }));
  const without = await applied().apply();
  expect(without.output).toContain('set the environment variable TF_VAR_config');
  expect(await applied().apply(VALUE)).toMatchObject({ code: 0 });
  expect(await entry()).toEqual({ key: 'kept' });
  expect(await applied().changes()).toEqual([]);
});

it('a mount that is gone is noticed, and comes back with its entry', async () => {
  await deployed();
  await applied().admin.remove('sys/mounts/secret');
  expect(await applied().changes()).toEqual([
    'create vault_generic_endpoint.secret__orders--config__still-there',
    'create vault_mount.secret',
  ]);
  await applied().synthesize(things({ version: 2 }));
  expect(await applied().apply(VALUE)).toMatchObject({ code: 0 });
  expect(await entry()).toEqual({ key: 'kept' });
  expect(await applied().changes()).toEqual([]);
});

it('an entry whose newest version is deleted is noticed', async () => {
  await deployed();
  await applied().admin.remove('secret/data/orders/config');
  const { code, output } = await applied().apply();
  expect(output.replaceAll(/[\s│]+/g, ' ')).toContain(
    'The newest version of the entry secret/orders/config is deleted.',
  );
  expect(code).toBe(1);
  await applied().admin.write('secret/undelete/orders/config', { versions: [1] });
  expect(await applied().changes()).toEqual([]);
});

it('an entry that the engine is going to delete by itself is there', async () => {
  await deployed();
  await applied().admin.write('secret/config', { delete_version_after: '1h' });
  await applied().admin.write('secret/data/orders/config', { data: { key: 'short-lived' } });
  expect(await applied().changes()).toEqual([]);
});

it('another name is refused too, until the construct says that it may be destroyed', async () => {
  await deployed();
  await applied().synthesize(things({ preventDestroy: false }));
  expect(await applied().changes()).toEqual([]);
  await applied().apply();
  expect(await applied().destroy()).toMatchObject({ code: 0 });
  await expect(applied().admin.read('sys/mounts/secret')).rejects.toThrow(/400/);
});
