import { join } from 'node:path';
import { encryptState, relaxProviderPin, useBackend, type StateEncryption } from '@portcullis/constructs';
import { only, refusedProps, stackIn, synthesize } from '../../../support/synth/synthesize';

const encryptionOf = (encryption: StateEncryption, binary?: string) => {
  const { terraform, variable } = synthesize((stack) => encryptState(stack, encryption, binary));
  return { encryption: terraform.encryption, variable };
};

const enforced = { method: 'method.aes_gcm.state', enforced: true };

it('keeps the state in a file named after the stack', () => {
  const { terraform } = synthesize((stack) => useBackend(stack, { kind: 'local', directory: '/state' }));
  expect(terraform.backend).toEqual({ local: { path: '/state/test.tfstate' } });
});

it('finds the same state wherever the engine runs: a relative folder is below that of the app', () => {
  const { terraform } = synthesize((stack) => useBackend(stack, { kind: 'local', directory: 'states' }));
  expect(terraform.backend).toEqual({ local: { path: join(process.cwd(), 'states/test.tfstate') } });
});

it('keeps the state in S3, locked by a file beside it and encrypted', () => {
  const { terraform } = synthesize((stack) =>
    useBackend(stack, { kind: 's3', bucket: 'states', region: 'eu-central-1' }),
  );
  expect(terraform.backend).toEqual({
    s3: {
      bucket: 'states',
      key: 'portcullis/fintech-api/test.tfstate',
      region: 'eu-central-1',
      encrypt: true,
      use_lockfile: true,
    },
  });
});

it('keeps the states of two projects apart, and has each say whose it is', () => {
  const stateOf = (project: string) =>
    synthesize((stack) =>
      useBackend(stack, { kind: 's3', bucket: 'states', region: 'eu-central-1', project }),
    );
  expect(stateOf('orders').terraform.backend).toMatchObject({
    s3: { key: 'portcullis/orders/test.tfstate' },
  });
  expect(only(stateOf('billing'), 'terraform_data')).toMatchObject({
    input: 'billing',
    lifecycle: { ignore_changes: ['input'], postcondition: [{ condition: '${self.input == "billing"}' }] },
  });
});

it.each(['', '..', 'a/b', '*', 'a b', '${var.project}'])('refuses the project %j', (project) => {
  expect(() => {
    useBackend(stackIn(), { kind: 'local', directory: '/state', project });
  }).toThrow(refusedProps('project'));
});

it('takes the key of S3 objects from KMS when told to', () => {
  const { terraform } = synthesize((stack) =>
    useBackend(stack, { kind: 's3', bucket: 'states', region: 'eu-central-1', kmsKeyId: 'alias/state' }),
  );
  expect(terraform.backend).toMatchObject({ s3: { kms_key_id: 'alias/state' } });
});

it('encrypts state and plan with a passphrase, and reads neither in clear', () => {
  const { encryption, variable } = encryptionOf({ keyProvider: 'passphrase' }, 'tofu');
  expect(encryption).toEqual({
    key_provider: { pbkdf2: { state: { passphrase: '${var.state_passphrase}' } } },
    method: { aes_gcm: { state: { keys: '${key_provider.pbkdf2.state}' } } },
    state: enforced,
    plan: enforced,
  });
  expect(variable.state_passphrase).toMatchObject({ ephemeral: true, type: 'string' });
});

it('encrypts with a KMS key, and asks for no passphrase', () => {
  const { encryption, variable } = encryptionOf(
    { keyProvider: 'aws_kms', keyId: 'alias/state', region: 'eu-central-1' },
    'tofu',
  );
  expect(encryption).toMatchObject({
    key_provider: {
      aws_kms: { state: { kms_key_id: 'alias/state', region: 'eu-central-1', key_spec: 'AES_256' } },
    },
    state: enforced,
    plan: enforced,
  });
  expect(variable).toEqual({});
});

it('encrypts with a transit key of OpenBao', () => {
  const { encryption } = encryptionOf({ keyProvider: 'openbao', keyName: 'state' }, 'tofu');
  expect(encryption).toMatchObject({ key_provider: { openbao: { state: { key_name: 'state' } } } });
});

it('leaves out for Terraform what only OpenTofu knows', () => {
  const { encryption, variable } = encryptionOf({ keyProvider: 'passphrase' }, '/opt/terraform');
  expect(encryption).toBeUndefined();
  expect(variable).toEqual({});
});

it('accepts patch and minor releases of a provider whose bindings pin one version', () => {
  const versionOf = (relax: boolean) =>
    synthesize((stack) => {
      if (relax) relaxProviderPin(stack, 'vault');
    }).terraform.required_providers.vault!.version;
  expect(versionOf(false)).toBe('5.6.0');
  expect(versionOf(true)).toBe('~> 5.6');
});

it.each([
  [{ kind: 'gcs', bucket: 'states' }, ['kind']],
  [{ bucket: 'states', region: 'eu-central-1' }, ['kind']],
  [{ kind: 'local', directory: '' }, ['directory']],
  [{ kind: 's3', bucket: 'states/prod', region: 'frankfurt' }, ['bucket', 'region']],
  [{ kind: 's3', bucket: 'states', region: 'eu-central-1', kmsKeyId: 'state' }, ['kmsKeyId']],
])('refuses the backend %j', (backend, places) => {
  expect(() => {
    useBackend(stackIn(), backend as never);
  }).toThrow(refusedProps(...places));
});

it.each([
  [{ keyProvider: 'gcp_kms', keyId: 'state' }, ['keyProvider']],
  [{ keyProvider: 'aws_kms', keyId: '', region: 'europe' }, ['keyId', 'region']],
  [{ keyProvider: 'openbao', keyName: 'a b' }, ['keyName']],
  [{}, ['keyProvider']],
])('refuses the encryption %j, whatever the engine', (encryption, places) => {
  for (const binary of ['tofu', 'terraform']) {
    expect(() => {
      encryptState(stackIn(), encryption as never, binary);
    }).toThrow(refusedProps(...places));
  }
});

it('refuses to relax a provider whose versions it does not know', () => {
  expect(() => {
    relaxProviderPin(stackIn(), 'azurerm' as never);
  }).toThrow(refusedProps('provider'));
});
