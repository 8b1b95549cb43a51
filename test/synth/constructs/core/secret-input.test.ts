import {
  KvEntry,
  KvMount,
  SecretVariable,
  ThrowawayPassword,
  encryptState,
  secretReference,
} from '@portcullis/constructs';
import { App, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { isGateValue } from '../../../../cli/src/plan/digest/configuration';
import { postgresIn, redisIn } from '../../../support/synth/vault-fixtures';
import { all, only, refusal, refusedProps, stackIn, synthesize } from '../../../support/synth/synthesize';

const given = { name: 'admin_password', description: 'of the admin', version: 3 };

it('declares an ephemeral variable whose default is null', () => {
  const { variable } = synthesize((stack) => new SecretVariable(stack, 'password', given));
  expect(variable).toEqual({
    admin_password: {
      type: 'string',
      description: 'of the admin',
      nullable: true,
      default: null,
      ephemeral: true,
    },
  });
});

it('describes a variable by a text, whatever an engine would make of it', () => {
  const description = 'of ${file("a")}';
  const { variable } = synthesize(
    (stack) => new SecretVariable(stack, 'password', { ...given, description }),
  );
  expect(variable.admin_password).toMatchObject({ description: 'of $${file("a")}' });
});

it('takes an object of named fields, and writes it as JSON', () => {
  const stack = stackIn();
  const secret = new SecretVariable(stack, 'config', { ...given, fields: ['user', 'key'] });
  expect(synthesize(stack).variable.admin_password).toMatchObject({
    type: 'object({user = string, key = string})',
  });
  expect(secret.expression).toContain('jsonencode(var.admin_password)');
});

it('fails the apply of a value with a field that is too short', () => {
  const gate = only(
    synthesize(
      (stack) =>
        new SecretVariable(stack, 'config', { ...given, fields: ['user', 'key'], leastLengths: { key: 32 } }),
    ),
    'terraform_data',
  );
  const { value } = gate.input as { value: string };
  expect(value).toContain('length(var.admin_password.key) < 32');
  expect(value).toContain('key of the secret admin_password has fewer than 32 characters');
  expect(isGateValue(value)).toBe(true);
});

it('refuses lengths of what is no field, and those that are no number of characters', () => {
  const leastLengths = { pin: 4, user: 0, key: 1.5 };
  const make = () =>
    new SecretVariable(stackIn(), 'config', { ...given, fields: ['user', 'key'], leastLengths });
  expect(make).toThrow(refusedProps('leastLengths.pin', 'leastLengths.user', 'leastLengths.key'));
});

it('has a gate that changes with the version alone, and names the missing variable when it does', () => {
  const gate = only(
    synthesize((stack) => new SecretVariable(stack, 'password', given)),
    'terraform_data',
  );
  expect(gate).toEqual({
    input: { version: 3, value: expect.stringContaining('TF_VAR_admin_password') as string },
    lifecycle: { ignore_changes: ['input.value'] },
  });
  // Unknown while planning, so that a plan needs no secret.
  expect((gate.input as { value: string }).value).toContain('${timestamp()}');
});

it('makes a throwaway sensitive rather than ephemeral, for arguments that are not write-only', () => {
  const { variable } = synthesize((stack) => new ThrowawayPassword(stack, 'password', given));
  expect(variable.admin_password).toMatchObject({ sensitive: true, default: null });
  expect(variable.admin_password).not.toHaveProperty('ephemeral');
});

it.each([
  '${ephemeral.random_password.admin.result}',
  '${jsondecode(ephemeral.vault_kv_secret_v2.admin.data_json).password}',
  '${jsondecode(ephemeral.aws_secretsmanager_secret_version.db[0].secret_string)["users"][0].password}',
])('takes a reference to another part of the stack: %s', (expression) => {
  const stack = stackIn();
  expect(secretReference(stack, expression, 1)).toMatchObject({
    expression,
    version: 1,
    gates: [],
    required: 'given',
  });
  expect(all(synthesize(stack), 'terraform_data')).toEqual([]);
});

it.each([
  'hunter2',
  '',
  '${random_password.admin.result}',
  '${var.x}',
  '${"hunter2"}',
  'var.x',
  'prefix-${var.x}',
  '${base64decode("aHVudGVyMg==")}',
  '${jsondecode("{\\"password\\":\\"hunter2\\"}").password}',
  '${jsondecode(data.vault_kv_secret_v2.admin.data_json).password}',
  '${jsondecode(ephemeral.a.b.c, "hunter2")}',
  '${jsondecode(ephemeral.a.b.c).d}hunter2',
  '${ephemeral.a.b.c == "hunter2" ? 1 : 2}',
  '${ephemeral.a.b["${var.x}"]}',
])('refuses %j, which would be kept somewhere', (literal) => {
  expect(() => secretReference(stackIn(), literal, 1)).toThrow(refusal('ERR_SECRET_LITERAL'));
});

it('does not repeat a refused literal in its message', () => {
  expect(() => secretReference(stackIn(), 'hunter2', 1)).not.toThrow(/hunter2/);
  expect(() => secretReference(stackIn(), 'hunter2', 1)).toThrow(/received a literal or a stored attribute/);
});

it.each([0, -1, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1])('refuses the version %d', (version) => {
  const stack = stackIn();
  const refused = refusedProps('version');
  expect(() => new SecretVariable(stack, 'a', { ...given, version })).toThrow(refused);
  expect(() => new ThrowawayPassword(stack, 'b', { ...given, version })).toThrow(refused);
  expect(() => secretReference(stack, '${ephemeral.a.b.c}', version)).toThrow(refused);
});

it('refuses the name of a variable or field that would end the expression it stands in', () => {
  for (const name of ['a-b', 'a b', '1a', 'x} ${y', '', undefined as never]) {
    expect(() => new SecretVariable(stackIn(), 'a', { ...given, name })).toThrow(refusedProps('name'));
    expect(() => new SecretVariable(stackIn(), 'a', { ...given, fields: [name] })).toThrow(
      refusedProps('fields[0]'),
    );
  }
});

it('refuses fields that are none, or that come twice', () => {
  const make = (fields: string[]) => () => new SecretVariable(stackIn(), 'a', { ...given, fields });
  expect(make([])).toThrow(refusedProps('fields'));
  expect(make(['key', 'key'])).toThrow(refusedProps('fields'));
});

it('names all problems of a secret at once', () => {
  expect(() => new SecretVariable(stackIn(), 'a', { ...given, name: 'A', version: 0 })).toThrow(
    refusedProps('name', 'version'),
  );
});

it('refuses a second secret of one name in a stack, wherever it is, and says where the first is', () => {
  const stack = stackIn();
  new SecretVariable(stack, 'first', given);
  const elsewhere = new Construct(stack, 'elsewhere');
  const taken = { message: expect.stringContaining('which test/first has already') as string };
  expect(() => new SecretVariable(elsewhere, 'second', { ...given, version: 7 })).toThrow(
    refusal('ERR_PROPS', taken),
  );
  expect(() => new ThrowawayPassword(elsewhere, 'third', given)).toThrow(refusedProps('name'));
  const other = new TerraformStack(App.of(stack), 'other');
  expect(() => new SecretVariable(other, 'first', given)).not.toThrow();
});

it('refuses the name of the passphrase that encrypts the state', () => {
  const stack = stackIn();
  encryptState(stack, { keyProvider: 'passphrase' }, 'tofu');
  expect(() => new SecretVariable(stack, 'a', { ...given, name: 'state_passphrase' })).toThrow(
    refusedProps('name'),
  );
});

it('refuses a secret of another stack, which nothing here could depend on', () => {
  const stack = stackIn();
  const other = new TerraformStack(App.of(stack), 'other');
  const data = new SecretVariable(other, 'data', given);
  const bootstrapPassword = new ThrowawayPassword(other, 'password', { ...given, name: 'password' });
  const mount = new KvMount(stack, 'secret');
  expect(() => new KvEntry(stack, 'entry', { mount, name: 'config', data })).toThrow(refusedProps('data'));
  expect(() => postgresIn(stackIn(), { bootstrapPassword: data })).toThrow(refusedProps('bootstrapPassword'));
  expect(() => redisIn(stackIn(), { bootstrapPassword })).toThrow(refusedProps('bootstrapPassword'));
});
