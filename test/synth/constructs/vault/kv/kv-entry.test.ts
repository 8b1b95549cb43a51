import { AppRoleLogin, KvEntry, KvMount, SecretVariable } from '@portcullis/constructs';
import { only, stackIn, synthesize, refusal } from '../../../../support/synth/synthesize';

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
  });
});

it('writes the fields only, and only when the version is raised: nothing is read back', () => {
  expect(only(synthesize(entryIn().stack), 'vault_kv_secret_v2')).toEqual({
    mount: expect.stringContaining('vault_mount.secret_mount') as string,
    name: 'fintech-api/config',
    data_json_wo: '${var.fintech_api_config == null ? "no value given" : jsonencode(var.fintech_api_config)}',
    data_json_wo_version: 7,
    disable_read: true,
    depends_on: [expect.stringMatching(/^terraform_data\.data_given_/)],
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
    expect(() => entryIn(stackIn(), name)).toThrow(refusal('ERR_VAULT_NAME'));
  },
);
