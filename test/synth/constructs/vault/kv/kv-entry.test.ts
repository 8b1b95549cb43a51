import {
  AppRoleLogin,
  DatabaseMount,
  KvEntry,
  KvMount,
  SecretVariable,
  type KvEntryProps,
  type SecretInput,
} from '@portcullis/constructs';
import { only, refusedProps, stackIn, synthesize } from '../../../../support/synth/synthesize';

const entryIn = (stack = stackIn(), name = 'fintech-api/config') => {
  const data = new SecretVariable(stack, 'data', {
    name: 'fintech_api_config',
    description: 'configuration',
    fields: ['oauth_client_secret'],
    version: 7,
  });
  return { stack, entry: new KvEntry(stack, 'entry', { mount: new KvMount(stack, 'secret'), name, data }) };
};

it('mounts KV version 2', () => {
  expect(only(synthesize(entryIn().stack), 'vault_mount')).toEqual({
    path: 'secret',
    type: 'kv',
    options: { version: '2' },
    lifecycle: { prevent_destroy: true },
  });
});

it('writes the fields only, and only when the version is raised: nothing is read back', () => {
  expect(only(synthesize(entryIn().stack), 'vault_kv_secret_v2')).toEqual({
    mount: '${vault_mount.secret.path}',
    name: 'fintech-api/config',
    data_json_wo: '${var.fintech_api_config == null ? "no value given" : jsonencode(var.fintech_api_config)}',
    data_json_wo_version: 7,
    disable_read: true,
    depends_on: ['terraform_data.fintech_api_config__given'],
    lifecycle: { prevent_destroy: true },
  });
});

it('grants the reading of this entry by its exact path', () => {
  const { stack, entry } = entryIn();
  entry.grantRead(new AppRoleLogin(stack, 'login', { name: 'fintech-api' }));
  expect(only(synthesize(stack), 'vault_policy').policy).toContain(
    'path "secret/data/fintech-api/config" {\n  capabilities = ["read"]\n}',
  );
});

it.each(['', '/config', 'config/', 'a//b', 'a/../b', 'config/*', 'con fig'])(
  'refuses the name %j',
  (name) => {
    expect(() => entryIn(stackIn(), name)).toThrow(refusedProps('name'));
  },
);

const lookAlikes: [string, (made: SecretVariable) => KvEntryProps['data']][] = [
  ['a literal', () => 'hunter2' as never],
  [
    'an object of the same shape',
    () => ({ expression: 'hunter2', version: 1, gates: [], required: '' }) as never,
  ],
  ['a copy with another expression', (made) => Object.assign(made, { expression: 'hunter2' })],
  ['nothing', () => undefined as never],
];

it.each(lookAlikes)('refuses %s for a secret input, together with what else is wrong', (_what, dataOf) => {
  const make = () => {
    const stack = stackIn();
    const mount = new KvMount(stack, 'secret');
    const made = new SecretVariable(stack, 'data', { name: 'config', description: 'of the API', version: 1 });
    return new KvEntry(stack, 'entry', { mount, name: 'a b', data: dataOf(made) });
  };
  expect(make).toThrow(refusedProps('name', 'data'));
  expect(make).not.toThrow(/hunter2/);
});

it('does not compile with an object that only looks like a secret input', () => {
  // @ts-expect-error: not made by SecretVariable or secretReference()
  const data: SecretInput = { expression: 'hunter2', version: 1, gates: [], required: 'given' };
  expect(data).toBeDefined();
});

it.each(['sys', 'SYS', 'sys/own', 'identity', 'cubbyhole', 'auth/approle', 'audit'])(
  'refuses to mount an engine at %s, where Vault has something of its own',
  (path) => {
    expect(() => new KvMount(stackIn(), 'secret', { path })).toThrow(refusedProps('path'));
    expect(() => new DatabaseMount(stackIn(), 'database', { path })).toThrow(refusedProps('path'));
  },
);
