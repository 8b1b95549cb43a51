/** What a company has in Vault already is used, and never created, changed or destroyed. */
import {
  AppRoleLogin,
  AppRoleMount,
  DatabaseMount,
  KvEntry,
  KvMount,
  PostgresConnection,
  PostgresRole,
  RUNTIME_ACL,
  RedisConnection,
  RedisRole,
  SecretVariable,
  mintWrapped,
} from '@portcullis/constructs';
import { DeployIdentity, JobsMethod } from '@portcullis/constructs/github';
import type { TerraformStack } from 'cdktf';
import { until } from '../support/until';
import { useAppliedStack } from './applied-stack';

const applied = useAppliedStack();
const admin = () => applied().admin;

/** What the platform team made, by hand. */
beforeAll(async () => {
  await admin().write('sys/mounts/shared', { type: 'kv', options: { version: '2' } });
  // An engine of KV that was just mounted is not ready for a moment.
  await until(() => admin().write('shared/data/theirs', { data: { key: 'kept' } }));
  await admin().write('sys/mounts/databases', { type: 'database' });
  const servers = {
    postgres: {
      plugin_name: 'postgresql-database-plugin',
      connection_url: 'postgresql://{{username}}:{{password}}@127.0.0.1:1/orders',
    },
    redis: { plugin_name: 'redis-database-plugin', host: '127.0.0.1', port: 1 },
  };
  for (const [name, server] of Object.entries(servers)) {
    await admin().write(`databases/config/${name}`, {
      ...server,
      verify_connection: false,
      allowed_roles: ['theirs'],
      ...{ username: 'vault_admin', password: 'of-the-platform-team' },
    });
  }
  for (const [path, type] of Object.entries({ machines: 'approle', pipelines: 'jwt' })) {
    await admin().write(`sys/auth/${path}`, { type });
  }
  await admin().write('auth/machines/role/theirs', { token_ttl: 60 });
});

function mine(stack: TerraformStack): void {
  const secret = KvMount.at('shared');
  const mount = AppRoleMount.at('machines');
  const orders = new AppRoleLogin(stack, 'orders', { name: 'orders', mount });
  const billing = new AppRoleLogin(stack, 'billing', { name: 'billing', mount });
  secret.grantRead(orders, 'orders/limits');
  secret.grantWrite(billing, 'billing/limits');
  const data = new SecretVariable(stack, 'value', {
    name: 'config',
    description: 'a',
    fields: ['key'],
    version: 1,
  });
  new KvEntry(stack, 'config', { mount: secret, name: 'orders/config', data, preventDestroy: false });
  const databases = DatabaseMount.at('databases');
  new PostgresRole(stack, 'role', {
    connection: PostgresConnection.at({ mount: databases, name: 'postgres' }),
    name: 'orders-role',
    memberOf: 'orders_app',
  }).grantLease(orders);
  new RedisRole(stack, 'redis-role', {
    connection: RedisConnection.at({ mount: databases, name: 'redis' }),
    name: 'orders-redis',
    rules: RUNTIME_ACL,
  }).grantLease(orders);
  new DeployIdentity(stack, 'jobs', {
    method: JobsMethod.at('pipelines'),
    repository: 'example/orders',
    repositoryId: '1',
    audience: 'https://vault.example.com',
    roles: [
      { name: 'deploy', bound: { environment: 'prod' }, rules: [mintWrapped('auth/machines/role/orders')] },
    ],
  });
}

const theirs = async () => ({
  mounts: Object.keys((await admin().read('sys/mounts')).data ?? {}),
  methods: Object.keys((await admin().read('sys/auth')).data ?? {}),
  entry: (await admin().read('shared/data/theirs')).data?.data,
  postgres: (await admin().read('databases/config/postgres')).data,
  redis: (await admin().read('databases/config/redis')).data,
  role: (await admin().read('auth/machines/role/theirs')).data,
});

test('a connection that does not lend to a role fails the plan, with the line for its owner', async () => {
  await applied().synthesize(mine);
  const { code, output } = await applied().apply({ TF_VAR_config: '{"key":"a"}' });
  const said = output.replaceAll(/[\s│╷╵]+/g, ' ');
  expect(said).toContain('databases/config/postgres does not lend users of orders-role.');
  expect(said).toContain('vault write databases/config/postgres allowed_roles="theirs,orders-role"');
  expect(said).toContain('vault write databases/config/redis allowed_roles="theirs,orders-redis"');
  expect(code).toBe(1);
  await expect(admin().read('databases/roles/orders-role')).rejects.toThrow(/404/);
});

test('once its owner has added the role, everything is made beside what is there, and taken away alone', async () => {
  for (const [name, roles] of Object.entries({ postgres: 'theirs,orders-role', redis: 'theirs,orders-*' })) {
    await admin().write(`databases/config/${name}`, { allowed_roles: roles, verify_connection: false });
  }
  const before = await theirs();
  const { code, output } = await applied().apply({ TF_VAR_config: '{"key":"a"}' });
  expect({ code, output }).toEqual({ code: 0, output });
  expect(await applied().changes()).toEqual([]);
  expect(await theirs()).toEqual(before);
  for (const role of ['orders', 'billing', 'theirs']) {
    expect((await admin().read(`auth/machines/role/${role}/role-id`)).data?.role_id).toBeTruthy();
  }
  expect((await admin().read('shared/data/orders/config')).data?.data).toEqual({ key: 'a' });

  expect(await applied().destroy()).toMatchObject({ code: 0 });
  expect(await theirs()).toEqual(before);
  await expect(admin().read('auth/machines/role/orders')).rejects.toThrow(/404/);
});
