/** Plans that nobody can review have no digest, and say why. */
import { planSchema } from '../../../../cli/src/plan/digest/plan';
import { refusals } from '../../../../cli/src/plan/digest/refusals';
import type { PlannedRun } from '../../../../cli/src/workspace/planned-run';

const RUN: PlannedRun = {
  ...{ plan: '', configuration: '', files: {}, lock: '', engine: '', surroundings: {} },
  ...{ overridden: false, lineage: 'known', refusedModules: [] },
};
const refused = (configuration: object, run: Partial<PlannedRun> = {}): string[] =>
  refusals({ ...configuration }, planSchema.parse({}), { ...RUN, ...run });

const variable = { once: { ephemeral: true, type: 'string' }, plain: { type: 'string' } };
const resource = (attributes: object) => ({ variable, resource: { vault_mount: { it: attributes } } });
const gate = (value: string) => ({
  variable,
  resource: { terraform_data: { given: { input: { version: 1, value } } } },
});
const GIVEN = 'can(regex("given", var.once == null ? "" : "given"))';
const LONG = 'can(regex("long", var.once == null ? "long" : length(var.once.key) < 32 ? "" : "long"))';
const FAILURE = 'base64decode("no value for once (${timestamp()})")';
const REQUIRED = `(${GIVEN} ? "given" : ${FAILURE})`;

it.each<[string, object]>([
  ['a write-only argument', resource({ data_json_wo: '${jsonencode({a = var.once})}' })],
  ['a write-only argument of a block', resource({ postgresql: { password_wo: '${var.once}' } })],
  ['the gate of a secret', gate(`\${${GIVEN} ? "given" : ${FAILURE}}`)],
  [
    'the gate of one that has to be long',
    gate(`\${!${LONG} ? ${FAILURE} : ${GIVEN} ? "given" : ${FAILURE}}`),
  ],
  ['a condition that fails without it', resource({ path: `\${(${REQUIRED} == "given") ? "a" : ""}` })],
  [
    'the encryption of the state',
    {
      variable,
      terraform: { encryption: { key_provider: { pbkdf2: { a: { passphrase: '${var.once}' } } } } },
    },
  ],
  [
    'its own validation',
    { variable: { once: { ephemeral: true, validation: { condition: '${var.once != ""}' } } } },
  ],
  [
    'a local that is written where nobody reads',
    { ...resource({ data_json_wo: '${local.secret}' }), locals: { secret: '${var.once}' } },
  ],
])('an ephemeral variable may reach %s', (_, configuration) => {
  expect(refused(configuration)).toEqual([]);
});

it.each<[string, object]>([
  ['an attribute', resource({ path: '${can(regex("^a", var.once)) ? "*" : "read"}' })],
  ['an attribute, by an index', resource({ path: '${nonsensitive(var["once"])}' })],
  [
    'an attribute, by a local',
    { ...resource({ path: '${local.b}' }), locals: { a: '${var.once}', b: '${local.a}' } },
  ],
  [
    'an attribute, beside such a condition',
    resource({ path: `\${(${REQUIRED} == "given") ? nonsensitive(var.once) : ""}` }),
  ],
  [
    'an attribute, by a condition that fails or not',
    resource({ path: `\${(${GIVEN} ? "given" : "") == "given" ? "a" : "b"}` }),
  ],
  ['how many there are, by such a condition', resource({ count: `\${(${REQUIRED} == "given") ? 1 : 0}` })],
  ['a command', resource({ provisioner: [{ 'local-exec': { command: '${var.once}' } }] })],
  ['a connection', resource({ connection: { host: '${var.once}' } })],
  ['how many there are', resource({ count: '${var.once == "a" ? 1 : 2}' })],
  ['a provider', { variable, provider: { vault: [{ address: '${var.once}' }] } }],
  ['a module', { variable, module: { a: { source: './a', b: '${var.once}' } } }],
  ['data', { variable, data: { http: { a: { url: '${var.once}' } } } }],
  ['an output', { variable, output: { a: { value: '${var.once}' } } }],
  [
    'a command, behind a comment',
    resource({ provisioner: [{ 'local-exec': { command: '${var/*a*/.once}' } }] }),
  ],
  [
    'the environment of a command, by the name of a write-only argument',
    {
      variable,
      resource: {
        terraform_data: {
          a: [{ provisioner: [{ 'local-exec': { command: 'a', environment: { A_wo: '${var.once}' } } }] }],
        },
      },
    },
  ],
  ['what only looks like a gate', gate(`\${${GIVEN} ? var.once : ${FAILURE}}`)],
  ['a gate that tells whether it is long', gate(`\${!${LONG} ? "short" : ${GIVEN} ? "given" : ${FAILURE}}`)],
  [
    'a gate with something else in it',
    {
      variable,
      resource: {
        terraform_data: {
          given: { input: { version: 1, more: 'a', value: `\${${GIVEN} ? "given" : ${FAILURE}}` } },
        },
      },
    },
  ],
])('an ephemeral variable may not reach %s', (_, configuration) => {
  expect(refused(configuration).join()).toContain('depends on the ephemeral variable once');
});

it.each<[string, object]>([
  ['timestamp', resource({ path: '${timestamp()}' })],
  ['uuid', resource({ path: 'a-${uuid ()}' })],
  ['bcrypt', resource({ path: '${bcrypt("a")}' })],
  ['plantimestamp', resource({ tags: { '${plantimestamp()}': 'a' } })],
  ['timestamp', resource({ path: `\${base64decode("bm8=") == "\${timestamp()}" ? "a" : "b"}` })],
  ['timestamp', resource({ path: '${base64decode("${timestamp()}")}' })],
  ['timestamp', resource({ path: '${timestamp /* ( */ ()}' })],
  ['timestamp', resource({ path: '${timestamp # (\n ()}' })],
  ['timestamp', resource({ tags: { '%{ if timestamp() == "" }a%{ endif }': 'a' } })],
  ['provider::corefunc::env_ensure', resource({ path: '${provider :: corefunc::env_ensure("A")}' })],
])('%s() gives another value at each run: %j', (name, configuration) => {
  expect(refused(configuration).join()).toContain(`calls ${name}()`);
});

it.each<[string, object]>([
  ['a text that only mentions a function', resource({ description: 'set by timestamp()' })],
  ['a function that is always the same', resource({ path: '${uuidv5("dns", "a")}' })],
  [
    'a function of a provider that reads nothing',
    resource({ path: '${provider::aws::arn_parse("a").account_id}' }),
  ],
  ['what fails by intent', resource({ path: `\${var.plain == "" ? ${FAILURE} : var.plain}` })],
  [
    'a provider that signs in by an ephemeral resource',
    { provider: { vault: [{ token: '${ephemeral.vault_token.a.client_token}' }] } },
  ],
])('%s is fine', (_, configuration) => {
  expect(refused(configuration)).toEqual([]);
});

it.each<[string, object, Partial<PlannedRun>, string]>([
  ['no state', {}, { lineage: undefined }, 'there is no state yet'],
  ['providers that are replaced', {}, { overridden: true }, 'dev_overrides'],
  [
    'a module that changes',
    {},
    { refusedModules: ['m/main.tf calls a function that differs at every run'] },
    'm/main.tf calls a function that differs at every run',
  ],
  [
    'configuration beside',
    {},
    { files: { 'more.tf': 'a' } },
    'more.tf is configuration that was not synthesized',
  ],
  ['a computed path', resource({ path: '${file(var.plain)}' }), {}, 'reads a file whose path is computed'],
  [
    'a computed script',
    resource({ provisioner: [{ 'remote-exec': { script: '${var.plain}' } }] }),
    {},
    'reads a file whose path is computed',
  ],
  [
    'a provider that goes where an ephemeral resource says',
    { provider: { vault: [{ address: '${ephemeral.a.b.url}' }] } },
    {},
    'depends on an ephemeral resource',
  ],
  [
    'a provider that goes where a local says, which is an ephemeral resource',
    {
      locals: { a: '${ephemeral.a.b.url}', c: '${local.a}' },
      provider: { vault: [{ address: '${local.c}' }] },
    },
    {},
    'provider.vault.0.address depends on an ephemeral resource',
  ],
  [
    'a command in the environment of which an ephemeral resource is',
    resource({
      provisioner: [{ 'local-exec': { command: 'a', environment: { a_wo: '${ephemeral.a.b.c}' } } }],
    }),
    {},
    'depends on an ephemeral resource',
  ],
  [
    'a computed path, behind a comment',
    resource({ path: '${file/* */(var.plain)}' }),
    {},
    'reads a file whose path is computed',
  ],
  ['names that stand in a list', { variable: [{ once: { ephemeral: true } }] }, {}, 'variable is a list'],
  ['names that stand in a list of a kind', { resource: { a: [{ b: {} }] } }, {}, 'resource.a is a list'],
])('nobody can review a plan with %s', (_, configuration, run, why) => {
  expect(refused(configuration, run).join()).toContain(why);
});
