/** What decides what a plan does, as it is found in the folder of a stack. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { filesRead } from '../../../../cli/src/workspace/configuration';
import { plannedRun } from '../../../../cli/src/workspace/planned-run';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'planned-run-'))));
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** An engine that answers as a real one does. */
const engine = ([command = '']: readonly string[]): Promise<string> =>
  Promise.resolve(
    {
      show: '{}',
      version:
        'Terraform v1.11.4\non linux_amd64\n+ provider a/b/vault v5.9.0\n\nYour version is out of date',
      state: '{"lineage":"l"}',
    }[command] ?? '',
  );

const STACK = { 'stack/cdk.tf.json': '{}' };
const gathered = (environment: NodeJS.ProcessEnv = { TF_CLI_CONFIG_FILE: '/dev/null' }) =>
  plannedRun(join(folder, 'stack'), engine, environment);

it('is the engine and its providers, by version, and the lineage of the state', async () => {
  await write(STACK);
  await expect(gathered()).resolves.toMatchObject({
    engine: '+ provider a/b/vault v5.9.0\nTerraform v1.11.4',
    lineage: 'l',
    overridden: false,
  });
});

it('is every file that the engine reads, and none that it writes', async () => {
  await write({
    'stack/cdk.tf.json': JSON.stringify({
      locals: { a: '${file("../outside.txt")}', b: '${file("../gone.txt")}' },
    }),
    'stack/assets/code.zip': 'a',
    'stack/.terraform/modules/m/main.tf': 'b',
    'stack/.terraform/providers/x': 'c',
    'stack/.terraform.lock.hcl': 'the lock',
    'stack/reviewed.plan': 'd',
    'stack/local.tfstate': 'e',
    'stack/local.tfstate.backup': 'f',
    'outside.txt': 'g',
  });
  const { files, lock } = await gathered();
  expect(Object.keys(files).sort()).toEqual([
    '../gone.txt',
    '../outside.txt',
    '.terraform/modules/m/main.tf',
    'assets/code.zip',
  ]);
  expect(files['../gone.txt']).toBe('missing');
  expect(lock).toBe('the lock');
});

it('is another one when a file is another one', async () => {
  await write({ ...STACK, 'stack/assets/code.zip': 'a' });
  const before = await gathered();
  await write({ 'stack/assets/code.zip': 'b' });
  expect((await gathered()).files).not.toEqual(before.files);
});

it('is where providers go, and no credential', async () => {
  await write(STACK);
  const environment = {
    ...{
      TF_CLI_CONFIG_FILE: '/dev/null',
      VAULT_ADDR: 'https://a:b@vault.example.com',
      VAULT_TOKEN: 's3cret',
    },
    ...{ AWS_REGION: 'eu-central-1', AWS_SECRET_ACCESS_KEY: 's3cret', HOME: '/home/a', AWS_PROFILE: '' },
  };
  expect((await gathered(environment)).surroundings).toEqual({
    VAULT_ADDR: 'https://vault.example.com',
    AWS_REGION: 'eu-central-1',
  });
});

it('says whether providers are replaced', async () => {
  await write({ ...STACK, rc: 'provider_installation {\n  dev_overrides {\n    "a/b" = "/tmp"\n  }\n}\n' });
  await expect(gathered({ TF_CLI_CONFIG_FILE: join(folder, 'rc') })).resolves.toMatchObject({
    overridden: true,
  });
});

it.each([
  ['on one line', 'provider_installation { dev_overrides { "a/b" = "/tmp" } }'],
  ['in JSON', '{"provider_installation":[{"dev_overrides":[{"a/b":"/tmp"}]}]}'],
])('says that providers are replaced, %s', async (_, rc) => {
  await write({ ...STACK, rc });
  await expect(gathered({ TF_CLI_CONFIG_FILE: join(folder, 'rc') })).resolves.toMatchObject({
    overridden: true,
  });
});

it.each(['.tofurc', '.terraformrc', '.config/opentofu/tofurc'])(
  'finds what replaces providers in ~/%s',
  async (file) => {
    await write({ ...STACK, [file]: 'provider_installation { dev_overrides {} }' });
    await expect(gathered({ HOME: folder })).resolves.toMatchObject({ overridden: true });
  },
);

it('says that a running provider takes the place of another', async () => {
  await write(STACK);
  const environment = { TF_CLI_CONFIG_FILE: '/dev/null', TF_REATTACH_PROVIDERS: '{"a/b":{}}' };
  await expect(gathered(environment)).resolves.toMatchObject({ overridden: true });
});

it('is every file that is named, also where the engine writes', async () => {
  await write({
    'stack/cdk.tf.json': JSON.stringify({
      locals: { a: '${file("./crash.log")}', b: '${file(".terraform/x")}' },
    }),
    'stack/crash.log': 'a',
    'stack/.terraform/x': 'b',
  });
  expect(Object.keys((await gathered()).files).sort()).toEqual(['./crash.log', '.terraform/x']);
});

it('is the scripts that commands name, by relative paths', async () => {
  const provisioner = [{ 'local-exec': { command: 'bash ../up.sh && /bin/true', interpreter: ['../sh'] } }];
  await write({
    'stack/cdk.tf.json': JSON.stringify({
      resource: { terraform_data: { a: { provisioner } } },
      data: { external: { a: { program: ['python3', '../who.py', '.'] } } },
    }),
    'up.sh': 'a',
    'who.py': 'b',
    sh: 'c',
  });
  expect(Object.keys((await gathered()).files).sort()).toEqual(['../sh', '../up.sh', '../who.py']);
});

it.each([
  ['reads a file that is not its own', 'locals { a = file("/etc/issue") }'],
  ['reads a file that is not its own', 'locals { a = file("${path.module}/../a") }'],
  ['reads a file that is not its own', 'locals { a = file(var.a) }'],
  ['has ephemeral values', 'output "a" {\n  ephemeral = true\n}'],
  ['has ephemeral values', 'ephemeral "a" "b" {}'],
  ['runs a program when it removes', 'removed {\n from = a.b\n provisioner "local-exec" {} }'],
  ['calls a function that differs', 'locals { a = provider::corefunc::env_ensure("A") }'],
  [
    undefined,
    'locals {\n a = file("${path.module}/a.txt")\n b = provider::terraform::encode_expr(1) # ephemeral\n}',
  ],
])('says that a module %s', async (reason, text) => {
  await write({
    ...STACK,
    'stack/.terraform/modules/modules.json': JSON.stringify({
      Modules: [{ Key: 'm', Dir: '.terraform/modules/m' }],
    }),
    'stack/.terraform/modules/m/main.tf': text,
    'stack/.terraform/modules/m/examples/main.tf': 'locals { a = timestamp() }',
  });
  const { refusedModules } = await gathered();
  expect(refusedModules).toEqual(
    reason === undefined ? [] : [expect.stringContaining(`.terraform/modules/m/main.tf ${reason}`)],
  );
});

it.each([
  ['${file("a.txt")}', ['a.txt'], 0],
  ['${templatefile("${path.module}/a.tpl", {})}', ['./a.tpl'], 0],
  ['${filebase64sha256("a.zip")} ${fileexists("b")}', ['a.zip', 'b'], 0],
  ['${file(var.path)}', [], 1],
  ['${file("a${var.b}")}', [], 1],
  ['file("a.txt")', [], 0],
])('names the files of %j', (text, paths, computed) => {
  const read = filesRead({ locals: { a: text } });
  expect(read.paths).toEqual(paths);
  expect(read.computed).toHaveLength(computed);
});

it('is the modules that the engine uses where they are, and what they call', async () => {
  await write({
    ...STACK,
    'stack/.terraform/modules/modules.json': JSON.stringify({
      Modules: [
        { Key: '', Dir: '.' },
        { Key: 'm', Dir: '../m' },
      ],
    }),
    'm/main.tf': 'output "a" { value = timestamp() }',
    'm/inner/other.tf': 'output "b" { value = "b" }',
  });
  const { files, refusedModules } = await gathered();
  expect(Object.keys(files).sort()).toEqual([
    '../m/inner/other.tf',
    '../m/main.tf',
    '.terraform/modules/modules.json',
  ]);
  expect(refusedModules).toEqual(['../m/main.tf calls a function that differs at every run']);
});

it('is the code that a provider uploads at the apply', async () => {
  const resource = { aws_lambda_function: { f: { filename: '../code.zip', role: '../no.txt' } } };
  await write({ 'stack/cdk.tf.json': JSON.stringify({ resource }), 'code.zip': 'a', 'no.txt': 'b' });
  expect(Object.keys((await gathered()).files)).toEqual(['../code.zip']);
});
