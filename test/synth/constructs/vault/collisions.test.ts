import { ApproleAuthBackendRole } from '@cdktf/provider-vault/lib/approle-auth-backend-role';
import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { Policy } from '@cdktf/provider-vault/lib/policy';
import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import {
  AppRoleLogin,
  DatabaseMount,
  KvEntry,
  KvMount,
  PostgresRole,
  SecretVariable,
  SupportAccess,
  WrappedSecretIdMinter,
} from '@portcullis/constructs';
import { DeployIdentity } from '@portcullis/constructs/github';
import type { App } from 'cdktf';
import { TerraformStack, Testing } from 'cdktf';
import { refusal, stackIn, synthesize } from '../../../support/synth/synthesize';
import { postgresIn } from '../../../support/synth/vault-fixtures';

/** A refusal that names these places, in this order. */
const collision = (...places: string[]): Error =>
  refusal('ERR_COLLISION', {
    message: expect.stringMatching(
      new RegExp(
        `has ${places.length} problems?${places.map((place) => `\n  ${place}: received .*`).join('')}\n\\(ERR_COLLISION\\)$`,
      ),
    ) as string,
  });

it('refuses two policies of one name, and names by case: Vault lower-cases them', () => {
  const stack = stackIn();
  new AppRoleLogin(stack, 'login', { name: 'orders' });
  new SupportAccess(stack, 'support', { name: 'Orders' });
  new Policy(stack, 'raw', { name: 'ORDERS', policy: '' });
  expect(() => synthesize(stack)).toThrow(collision('test/support/policy', 'test/raw'));
  expect(() => synthesize(stack)).toThrow(/which is as good as "orders", after test\/login\/policy/);
});

it('refuses a policy of a job that has the name of a login', () => {
  const stack = stackIn();
  const login = new AppRoleLogin(stack, 'login', { name: 'orders' });
  new WrappedSecretIdMinter(stack, 'minter', { login, name: 'github-deploy' });
  new DeployIdentity(stack, 'jobs', {
    repository: 'example/orders',
    repositoryId: '1',
    audience: 'https://vault.example.com',
    roles: [{ name: 'github-deploy', bound: { environment: 'prod' }, rules: [] }],
  });
  expect(() => synthesize(stack)).toThrow(collision('test/jobs/github-deploy-policy'));
});

it.each([
  ['kv', 'kv'],
  ['kv', 'kv/orders'],
  ['kv/orders', 'kv'],
])('refuses a mount at %s and one at %s, of whatever engines', (one, other) => {
  const stack = stackIn();
  new KvMount(stack, 'one', { path: one });
  new DatabaseMount(stack, 'other', { path: other });
  expect(() => synthesize(stack)).toThrow(collision('test/other/mount'));
});

it('takes mounts beside each other, and an auth method of the name of a mount', () => {
  const stack = stackIn();
  new KvMount(stack, 'one', { path: 'kv/orders' });
  new KvMount(stack, 'two', { path: 'kv/order' });
  new KvMount(stack, 'three', { path: 'approle' });
  new AppRoleLogin(stack, 'login', { name: 'orders' });
  expect(() => synthesize(stack)).not.toThrow();
});

it('refuses an auth method twice, also where the provider derives its path from its type', () => {
  const stack = stackIn();
  new AuthBackend(stack, 'given', { type: 'approle' });
  new AppRoleLogin(stack, 'login', { name: 'orders' });
  expect(() => synthesize(stack)).toThrow(collision('test/login/method/Default'));
});

it('refuses roles and entries of one name in one mount, and takes them in two', () => {
  const stack = stackIn();
  const connection = postgresIn(stack);
  for (const id of ['a', 'b']) new PostgresRole(stack, id, { connection, name: 'orders', memberOf: id });
  const [one, two] = ['one', 'two'].map((path) => new KvMount(stack, path, { path }));
  const data = new SecretVariable(stack, 'data', { name: 'data', description: 'of the API', version: 1 });
  new KvEntry(stack, 'first', { mount: one!, name: 'config', data });
  new KvEntry(stack, 'elsewhere', { mount: two!, name: 'config', data });
  new KvEntry(stack, 'again', { mount: one!, name: 'config', data });
  expect(() => synthesize(stack)).toThrow(collision('test/b/lease/role', 'test/again/entry'));
});

describe('across the stacks of an app', () => {
  const stacksIn = (...addresses: (string | undefined)[]): App => {
    const app = Testing.app();
    for (const [index, address] of addresses.entries()) {
      const stack = new TerraformStack(app, `stack-${index}`);
      new VaultProvider(stack, 'vault', { ...(address !== undefined && { address }) });
      new SupportAccess(stack, 'support', { name: 'orders' });
    }
    return app;
  };

  it('refuses what two stacks make on one server', () => {
    const app = stacksIn('https://vault.example.com', 'https://vault.example.com/');
    expect(() => {
      app.synth();
    }).toThrow(collision('stack-1/support/policy'));
  });

  /** Stacks with a provider `dr` beside the main one, by one of which each makes a policy. */
  const withDr = (by: 'main' | 'dr', ...servers: readonly (string | undefined)[]): App => {
    const app = Testing.app();
    for (const [index, dr] of servers.entries()) {
      const stack = new TerraformStack(app, `stack-${index}`);
      const main = new VaultProvider(stack, 'vault', { address: 'https://vault.example.com' });
      const other = new VaultProvider(stack, 'dr', { alias: 'dr', ...(dr !== undefined && { address: dr }) });
      new KvMount(stack, 'mount', { path: `kv-${index}` });
      const provider = { main: index === 0 ? undefined : main, dr: other }[by];
      new Policy(stack, 'raw', { name: 'orders', policy: '', ...(provider && { provider }) });
    }
    return app;
  };

  it('refuses it by the main provider, named or not, and by another of the same server', () => {
    for (const app of [
      withDr('main', 'https://a.example.com', 'https://b.example.com'),
      withDr('dr', 'https://a.example.com', 'https://a.example.com'),
    ]) {
      expect(() => {
        app.synth();
      }).toThrow(collision('stack-1/raw'));
    }
  });

  it('takes it by providers of different servers, which two stacks call the same', () => {
    for (const app of [
      withDr('dr', 'https://a.example.com', 'https://b.example.com'),
      withDr('dr', undefined, undefined),
    ]) {
      expect(() => {
        app.synth();
      }).not.toThrow();
    }
  });

  it('refuses it in one stack whose main provider is named, where the environment names its server', () => {
    const stack = new TerraformStack(Testing.app(), 'test');
    const provider = new VaultProvider(stack, 'vault', {});
    new SupportAccess(stack, 'support', { name: 'orders' });
    new Policy(stack, 'raw', { name: 'orders', policy: '', provider });
    expect(() => synthesize(stack)).toThrow(collision('test/raw'));
  });

  it('takes roles of one name on two servers, whose mounts are named by one reference', () => {
    const stack = new TerraformStack(Testing.app(), 'test');
    new VaultProvider(stack, 'vault', { address: 'https://vault.example.com' });
    const dr = new VaultProvider(stack, 'dr', { alias: 'dr', address: 'https://dr.example.com' });
    const login = new AppRoleLogin(stack, 'login', { name: 'orders' });
    const { path: backend } = login.node.findAll().find((one) => one instanceof AuthBackend)!;
    new ApproleAuthBackendRole(stack, 'raw', { backend, roleName: 'orders', provider: dr });
    expect(() => synthesize(stack)).not.toThrow();
    new ApproleAuthBackendRole(stack, 'again', { backend, roleName: 'orders' });
    expect(() => synthesize(stack)).toThrow(collision('test/again'));
  });

  it('takes it on two servers, and where the environment names the server of each', () => {
    for (const app of [
      stacksIn('https://a.example.com', 'https://b.example.com'),
      stacksIn(undefined, undefined),
    ]) {
      expect(() => {
        app.synth();
      }).not.toThrow();
    }
  });
});
