/** Plans that a real engine makes of HCL, as teams write it that do not know Portcullis: `portcullis plan --file`. */
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPlanFile } from '../../../../cli/src/plan/file/read-plan-file';
import { renderMarkdown } from '../../../../cli/src/plan/render/markdown';
import { renderSarif } from '../../../../cli/src/plan/render/sarif';
import { renderTerminal } from '../../../../cli/src/plan/render/terminal';
import { linesOf, type StackSummary } from '../../../../cli/src/plan/summary';
import { VAULT_PROVIDER } from '../../../../cli/src/engines/programs/providers';
import { useOpenBao, useRun } from '../../../support/engines';
import { HclFolder, PLAN } from '../../../support/plan/hcl-folder';
import { portcullis, type Ran } from '../../../support/portcullis';
import { canary } from '../../vault-deployment';

const run = useRun();
const bao = useOpenBao();

interface Shape {
  readonly before?: string;
  readonly after: string;
  readonly modules?: Readonly<Record<string, string>>;
  readonly counts: Partial<StackSummary['counts']>;
  readonly grade: StackSummary['grade'];
  /** Among the lines, each as `grade subject: sentence`. */
  readonly says: readonly string[];
}

const NETWORK = `
variable "zones" { type = set(string) }
resource "terraform_data" "subnet" {
  for_each = var.zones
  input    = each.key
}`;

/** Where the engine alone has the providers. */
const SHAPES: Readonly<Record<string, Shape>> = {
  'modules in modules, keys that people chose': {
    modules: {
      'inner/main.tf': NETWORK,
      'outer/main.tf': 'module "inner" {\n  source = "../inner"\n  zones = ["a", "b]\\".c", "__proto__"]\n}',
    },
    after: 'module "outer" {\n  source = "./outer"\n  count = 2\n}',
    counts: { create: 6 },
    grade: 'notice',
    says: ['notice module.outer[1].module.inner.terraform_data.subnet["__proto__"]: will be created'],
  },
  'made before it is destroyed': {
    before:
      'resource "terraform_data" "a" {\n  triggers_replace = 1\n  lifecycle { create_before_destroy = true }\n}',
    after:
      'resource "terraform_data" "a" {\n  triggers_replace = 2\n  lifecycle { create_before_destroy = true }\n}',
    counts: { replace: 1 },
    grade: 'notice',
    says: [],
  },
  'moved, and another forgotten': {
    before: 'resource "terraform_data" "a" { input = 1 }\nresource "terraform_data" "b" { input = 1 }',
    after: `resource "terraform_data" "c" { input = 1 }
moved {
  from = terraform_data.a
  to   = terraform_data.c
}
removed {
  from = terraform_data.b
  lifecycle { destroy = false }
}`,
    counts: { move: 1, forget: 1 },
    grade: 'notice',
    says: ['notice terraform_data.c: will be known by another address, and stays as it is'],
  },
  imported: {
    after:
      'resource "terraform_data" "a" {}\nimport {\n  to = terraform_data.a\n  id = "b5e8c9a0-0000-0000-0000-000000000000"\n}',
    counts: { import: 1 },
    grade: 'notice',
    says: ['notice terraform_data.a: exists already, and will be managed here'],
  },
  'data that is read at the apply': {
    after: `resource "terraform_data" "a" { input = "other.tfstate" }
data "terraform_remote_state" "other" {
  backend = "local"
  config  = { path = terraform_data.a.output }
}`,
    counts: { create: 1, read: 1 },
    grade: 'unknown',
    says: ['unknown data.terraform_remote_state.other: will be read at the apply only'],
  },
  'a program that runs': {
    after: 'resource "terraform_data" "a" {\n  provisioner "local-exec" { command = "true" }\n}',
    counts: { create: 1 },
    grade: 'danger',
    says: ['danger terraform_data.a: runs a provisioner on the machine that deploys'],
  },
  'a program that runs when it is destroyed, in a module': {
    modules: {
      'm/main.tf':
        'resource "terraform_data" "a" {\n  for_each = toset(["x"])\n  triggers_replace = file("${path.module}/version")\n  provisioner "local-exec" {\n    when = destroy\n    command = "true"\n  }\n}',
      'm/version': '1',
    },
    before: 'module "m" { source = "./m" }',
    after: 'module "m" { source = "./m" }\nresource "terraform_data" "b" { input = 1 }',
    counts: { create: 1 },
    grade: 'notice',
    says: [],
  },
  'a check that fails, an output that is secret, and one that is not known': {
    after: `variable "secret" {
  default   = "${canary()}"
  sensitive = true
}
resource "terraform_data" "a" { input = var.secret }
output "shown" { value = terraform_data.a.id }
output "hidden" {
  value     = var.secret
  sensitive = true
}
check "health" {
  assert {
    condition     = var.secret == ""
    error_message = "it fails"
  }
}`,
    counts: { create: 3 },
    grade: 'notice',
    says: ['notice output.hidden: will be created', 'notice output.shown: will be created'],
  },
  'a kind that only ignores what changes': {
    before: 'resource "terraform_data" "a" {\n  input = 1\n  lifecycle { ignore_changes = [input] }\n}',
    after: 'resource "terraform_data" "a" {\n  input = 2\n  lifecycle { ignore_changes = [input] }\n}',
    counts: {},
    grade: 'routine',
    says: [],
  },
};

async function planned(
  folder: HclFolder,
  { before, after, modules = {} }: Pick<Shape, 'before' | 'after' | 'modules'>,
): Promise<string> {
  for (const [path, text] of Object.entries(modules)) {
    await mkdir(join(folder.folder, path, '..'), { recursive: true });
    await writeFile(join(folder.folder, path), text);
  }
  if (before !== undefined && !(await folder.apply({ 'main.tf': before }))) throw new Error('not applied');
  return folder.plan({ 'main.tf': after });
}

const said = (summary: StackSummary): string[] =>
  linesOf(summary).map(({ grade, subject, sentence }) => `${grade} ${subject}: ${sentence}`);
const everything = (summary: StackSummary): string =>
  [
    renderTerminal([summary]),
    renderMarkdown([summary]),
    renderSarif([summary], 'a.json'),
    JSON.stringify(summary),
  ].join('\n');

it.each(Object.entries(SHAPES))('%s', async (name, shape) => {
  const folder = await HclFolder.make(run(), name.replace(/\W+/g, '-'));
  const { summary } = await readPlanFile(await planned(folder, shape));
  const none = { create: 0, update: 0, replace: 0, delete: 0, forget: 0, import: 0, move: 0, read: 0 };
  expect(summary.counts).toEqual({ ...none, ...shape.counts });
  expect(said(summary)).toEqual(expect.arrayContaining([...shape.says]));
  expect(summary.grade).toBe(shape.grade);
  const [, secret] = /default\s+= "(.*)"/.exec(shape.after) ?? [];
  if (secret !== undefined) expect(everything(summary)).not.toContain(secret);
});

/** Calls the server as its administrator. */
async function admin(
  method: string,
  path: string,
  body: object,
): Promise<{ readonly auth: { readonly client_token: string } }> {
  const headers = { 'x-vault-token': bao().rootToken };
  const answer = await fetch(`${bao().address}/v1/${path}`, { method, headers, body: JSON.stringify(body) });
  expect(answer.ok).toBe(true);
  return JSON.parse((await answer.text()) || '{"auth":{}}') as Awaited<ReturnType<typeof admin>>;
}

describe('of a real Vault, by its real provider', () => {
  const [secret, before] = [canary(), 'path "secret/data/api" { capabilities = ["read"] }'];
  const configuration = (policy: string, version: number, alias = 'vault'): string => `
terraform {
  required_providers {
    vault = { source = "${VAULT_PROVIDER.source}" }
  }
}
provider "vault" {
  address = "${bao().address}"
  token   = "${bao().rootToken}"
}
provider "vault" {
  alias   = "second"
  address = "${bao().address}"
  token   = "${bao().rootToken}"
}
variable "signing" {
  type      = string
  ephemeral = true
  default   = "${secret}"
}
resource "vault_mount" "kv" {
  path    = "foreign"
  type    = "kv"
  options = { version = "2" }
}
resource "vault_kv_secret_v2" "entry" {
  mount                = vault_mount.kv.path
  name                 = "entry"
  data_json_wo         = jsonencode({ key = var.signing })
  data_json_wo_version = ${version}
}
resource "vault_policy" "api" {
  provider = ${alias}
  name     = "foreign-api"
  policy   = ${JSON.stringify(policy)}
}`;
  let folder: HclFolder;
  beforeAll(async () => {
    folder = await HclFolder.make(run(), 'vault', [VAULT_PROVIDER]);
    expect(await folder.apply({ 'main.tf': configuration(before, 1) })).toBe(true);
  });

  it('nothing changes', async () => {
    const { summary } = await readPlanFile(await folder.plan({ 'main.tf': configuration(before, 1) }));
    expect(summary).toMatchObject({ grade: 'routine', judged: [] });
  });

  it('a policy gains, a write-only value is written again, by a second provider, and shows no secret', async () => {
    const wide = 'path "secret/*" { capabilities = ["read", "sudo"] }';
    const { summary } = await readPlanFile(
      await folder.plan({ 'main.tf': configuration(wide, 2, 'vault.second') }),
    );
    expect(summary).toMatchObject({ grade: 'danger', counts: { update: 2 } });
    expect(said(summary).join('\n')).toMatch(/danger policy foreign-api: .*secret\/\*/);
    for (const hidden of [secret, bao().rootToken]) expect(everything(summary)).not.toContain(hidden);
  });

  it('what an apply left behind that failed half-way: its token may write policies, and delete none', async () => {
    const half = await folder.another(run(), 'half');
    const policy = 'path "sys/policies/acl/*" { capabilities = ["create", "read", "update"] }';
    await admin('PUT', 'sys/policies/acl/no-delete', { policy });
    const { auth } = await admin('POST', 'auth/token/create', { policies: ['no-delete'] });
    const named = (name: string): Readonly<Record<string, string>> => ({
      'main.tf': `
terraform {
  required_providers {
    vault = { source = "${VAULT_PROVIDER.source}" }
  }
}
provider "vault" {
  address          = "${bao().address}"
  token            = "${auth.client_token}"
  skip_child_token = true
}
resource "vault_policy" "api" {
  name   = "${name}"
  policy = "path \\"a\\" { capabilities = [\\"read\\"] }"
  lifecycle { create_before_destroy = true }
}`,
    });
    expect(await half.apply(named('half-one'))).toBe(true);
    expect(await half.apply(named('half-two'))).toBe(false);
    const file = await half.plan(named('half-two'));
    expect(readFileSync(file, 'utf8')).toContain('"deposed"');
    const { summary } = await readPlanFile(file);
    expect(summary.counts).toMatchObject({ create: 0, delete: 1 });
    expect(said(summary)).toEqual([expect.stringMatching(/policy half-one: will be destroyed/)]);
    expect(everything(summary)).not.toContain(auth.client_token);
  });

  it('everything is destroyed', async () => {
    const { summary } = await readPlanFile(
      await folder.plan({ 'main.tf': configuration(before, 1) }, '-destroy'),
    );
    expect(summary).toMatchObject({ grade: 'danger', counts: { delete: 3 } });
    expect(renderTerminal([summary])).toContain('cannot be had back vault_mount.kv');
  });
});

describe('what the engine prints that is no whole plan', () => {
  const refused = async (file: string, reason: RegExp): Promise<void> => {
    await expect(readPlanFile(file)).rejects.toMatchObject({
      code: 'ERR_PLAN_UNREADABLE',
      problem: expect.stringMatching(reason) as string,
    });
  };
  let folder: HclFolder;
  const keep = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder.folder, name), text);
    return join(folder.folder, name);
  };
  beforeAll(async () => {
    folder = await HclFolder.make(run(), 'other');
    await folder.apply({ 'main.tf': 'resource "terraform_data" "a" { input = 1 }' });
  });

  it('the plan file itself', async () => {
    await folder.plan({ 'main.tf': 'resource "terraform_data" "a" { input = 2 }' });
    await refused(join(folder.folder, PLAN), /own plan file, not JSON/);
    await refused(await keep('people.txt', await folder.engineRun('show', PLAN)), /for people/);
  });

  it('the state, as it is kept and as JSON', async () => {
    await refused(join(folder.folder, 'terraform.tfstate'), /it is a state, not a plan/);
    await refused(await keep('state.json', await folder.engineRun('show', '-json')), /a state as JSON/);
  });

  it('what happens while it plans', async () => {
    await refused(await keep('messages.json', await folder.engineRun('plan', '-json')), /`plan -json`/);
  });

  it('a plan that failed', async () => {
    const file = await folder.plan({
      'main.tf':
        'resource "terraform_data" "a" {\n  input = 3\n  lifecycle {\n    postcondition {\n      condition = self.input == 4\n      error_message = "no"\n    }\n  }\n}',
    });
    await refused(file, /failed while planning/);
  });
});

describe('the command', () => {
  /** As in the folder of a team that has nothing of ours: no config, no engine on its PATH, and no variable. */
  const plan = (cwd: string, args: readonly string[], input = ''): Promise<Ran> =>
    portcullis(['plan', ...args], { cwd, env: { PATH: '/nowhere', HOME: cwd }, input });

  it('judges a file and standard input alike, with the exit code of the grade, and writes every form', async () => {
    const folder = await HclFolder.make(run(), 'command');
    const file = await folder.plan({
      'main.tf': 'resource "terraform_data" "a" {\n  provisioner "local-exec" { command = "true" }\n}',
    });
    const forms = ['--markdown', 'c.md', '--sarif', 'c.sarif', '--outputs', 'outputs', '--out', 'c.json'];
    const shown = await plan(folder.folder, ['--file', 'plan.json', '--name', 'infra/api', ...forms]);
    expect(shown).toMatchObject({ code: 4, stderr: '' });
    expect(shown.stdout).toContain('infra/api  1 to create');
    const read = (name: string): string => readFileSync(join(folder.folder, name), 'utf8');
    expect(read('c.md')).toMatch(/^<!-- portcullis-plan infra\/api -->\n### 🔴 infra\/api: 1 to create\n/u);
    expect(read('c.sarif')).toContain('"uri":"plan.json"');
    expect(read('outputs')).toBe('grade=danger\ndigests=infra/api:none\n');
    const piped = await plan(
      folder.folder,
      ['--file', '-', '--name', 'infra/api', '--json'],
      readFileSync(file, 'utf8'),
    );
    expect(piped).toMatchObject({ code: 4, stdout: read('c.json') });
  });

  it('says what is wrong, and exits 1', async () => {
    const { folder } = await HclFolder.make(run(), 'wrong');
    expect(await plan(folder, ['--file', '-'], '')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /it is empty.*ERR_PLAN_UNREADABLE.*\n {2}→ run `tofu show -json plan\.bin/,
      ) as string,
    });
    expect(await plan(folder, ['vault-dev', '-e', 'dev', '--file', 'plan.json'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/received stacks and --file, --environment and --file/) as string,
    });
    expect(await plan(folder, ['vault-dev', '--name', 'x'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--name without --file') as string,
    });
  });
});
