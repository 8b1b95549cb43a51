/** `.github/actions/plan`: each of its scripts as a runner runs it, on real plans; what it calls `gh` stands in for GitHub's. */
import { ACTIONS } from '../../constructs/src/github/workflow/actions';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { EngineCache } from '../../cli/src/engines/install/cache';
import { deliveryFiles } from '../../stacks/github-settings';
import { useRun } from '../support/engines';
import { filledIn } from '../support/github/expressions';
import { inShell } from '../support/github/step';
import { findWorkflowLinters, type WorkflowLinters } from '../support/programs/workflow-linters';

interface Step {
  readonly name: string;
  readonly uses?: string;
  readonly if?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

const CHECKOUT = join(__dirname, '../..');
const FOLDER = join(CHECKOUT, '.github/actions/plan');
const FILE = join(FOLDER, 'action.yml');
const TEXT = readFileSync(FILE, 'utf8');
const action = parse(TEXT) as Action;
const EXAMPLE = join(CHECKOUT, 'examples/existing-terraform/plan.yml');

const step = (name: string): Step & { readonly run: string } => {
  const found = action.runs.steps.find((one) => one.name === name);
  if (found?.run === undefined) throw new Error(`the action has no script ${name}`);
  return { ...found, run: found.run };
};

const run = useRun();

describe('the action', () => {
  let linters: WorkflowLinters;
  beforeAll(async () => {
    linters = await findWorkflowLinters({ run: run(), cache: new EngineCache(), note: () => undefined });
  });

  it('has no finding of zizmor, and neither has the workflow that the page shows', async () => {
    for (const file of [FILE, EXAMPLE])
      await promisify(execFile)(linters.zizmor, ['--offline', '--no-progress', file]).catch(
        (error: unknown) => {
          throw new Error((error as { stdout: string }).stdout);
        },
      );
  });

  it('is called validly by the workflow that the page shows', async () => {
    await promisify(execFile)(linters.actionlint, ['-shellcheck', linters.shellcheck, EXAMPLE]);
    const { jobs } = parse(readFileSync(EXAMPLE, 'utf8')) as {
      jobs: { plan: { steps: { uses?: string; with?: object }[] } };
    };
    const call = jobs.plan.steps.find(({ uses = '' }) => uses.includes('/.github/actions/plan@'));
    const given = Object.keys(call?.with ?? {});
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(given));
    const required = Object.entries(action.inputs).filter(([, input]) => input.required === true);
    expect(given).toEqual(expect.arrayContaining(required.map(([name]) => name)));
  });

  it.each(
    action.runs.steps.flatMap(({ name, run: script }) => (script === undefined ? [] : [[name, script]])),
  )(
    '%s is a script without a finding of shellcheck, and nothing is put into its text',
    async (name, script) => {
      expect(script).not.toContain('${{');
      const file = join(await run().subfolder(name.replace(/\W/g, '-')), 'script.sh');
      await writeFile(file, `#!/bin/bash\nset -eo pipefail\n${script}\n`);
      await promisify(execFile)(linters.shellcheck, [file]).catch((error: unknown) => {
        throw new Error((error as { stdout: string }).stdout);
      });
    },
  );

  it('pins what it uses as the workflows do, and keeps a comment as they do', () => {
    const { uses, version } = ACTIONS.setupNode;
    expect(TEXT.match(/uses: .*/g)).toEqual([`uses: ${uses} # ${version}`]);
    const theirs = /marker=[\s\S]*?\n {10}fi/.exec(deliveryFiles()['.github/workflows/plan.yml'] ?? '')?.[0];
    const lines = (text = ''): string[] => text.split('\n').map((line) => line.trim());
    expect(lines(step('Comment').run.replaceAll('"$MARKDOWN"', 'comment.md'))).toEqual(lines(theirs));
  });

  it('comments in no pull request of a fork, and not where it is told not to', () => {
    expect(step('Comment').if).toBe(
      "inputs.comment == 'true' && github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == github.repository",
    );
    // No step but that one has a token.
    const withToken = action.runs.steps.filter((one) => JSON.stringify(one).includes('github.token'));
    expect(withToken.map(({ name }) => name)).toEqual(['Comment']);
  });
});

const PLAN = (actions: readonly string[]): string =>
  JSON.stringify({
    format_version: '1.2',
    planned_values: {},
    configuration: {},
    resource_changes: [
      {
        ...{ address: 'vault_mount.kv', mode: 'managed', type: 'vault_mount' },
        provider_name: 'registry.opentofu.org/hashicorp/vault',
        change: { actions, before: { path: 'kv' }, after: actions[0] === 'delete' ? null : { path: 'kv' } },
      },
    ],
  });

interface Judged {
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly workspace: string;
}

describe('its step Judge', () => {
  /** @param inputs those that are not as the action has them by default */
  async function judge(
    name: string,
    inputs: Readonly<Record<string, string>>,
    plan = PLAN(['delete']),
  ): Promise<Judged> {
    const folder = await run().subfolder(name);
    const workspace = join(folder, 'workspace');
    await mkdir(workspace);
    await writeFile(join(workspace, inputs.file ?? 'plan.json'), plan);
    const defaults = Object.fromEntries(
      Object.entries(action.inputs).map(([input, { default: value = '' }]) => [input, value]),
    );
    const context = Object.fromEntries(
      Object.entries({ ...defaults, file: 'plan.json', ...inputs }).map(([input, value]) => [
        `inputs.${input}`,
        value,
      ]),
    );
    const { env = {}, run: script } = step('Judge');
    const filled = Object.fromEntries(
      Object.entries(env).map(([variable, text]) => [variable, contextual(text, context)]),
    );
    const [GITHUB_OUTPUT, GITHUB_STEP_SUMMARY] = [join(folder, 'output'), join(folder, 'summary')];
    for (const file of [GITHUB_OUTPUT, GITHUB_STEP_SUMMARY]) await writeFile(file, '');
    await inShell(workspace, script, {
      ...filled,
      ...{
        GITHUB_OUTPUT,
        GITHUB_STEP_SUMMARY,
        GITHUB_ACTION_PATH: FOLDER,
        RUNNER_TEMP: folder,
        HOME: folder,
      },
    });
    const outputs = Object.fromEntries(
      (await readFile(GITHUB_OUTPUT, 'utf8'))
        .split('\n')
        .flatMap((line) => (line === '' ? [] : [line.split(/=(.*)/s, 2)])),
    ) as Record<string, string>;
    return { outputs, summary: await readFile(GITHUB_STEP_SUMMARY, 'utf8'), workspace };
  }

  /** `${{ inputs.fail-on }}`: names of inputs are all that these texts have. */
  const contextual = (text: string, context: Readonly<Record<string, string>>): string =>
    filledIn(
      text.replace(/inputs\.[\w-]+/g, (name) => `'${(context[name] ?? '').replaceAll("'", "''")}'`),
      {},
    );

  it('judges, and hands over the grade and what it wrote', async () => {
    const { outputs, summary } = await judge('judged', { name: 'infra/network' });
    expect(outputs).toMatchObject({ grade: 'danger' });
    expect(summary).toMatch(/^<!-- portcullis-plan infra\/network -->\n### 🔴 infra\/network: 1 to destroy/u);
    expect(readFileSync(outputs.markdown ?? '', 'utf8')).toBe(summary);
    expect(readFileSync(outputs.sarif ?? '', 'utf8')).toContain('"ruleId":"plan/danger"');
    for (const { value } of Object.values(action.outputs))
      expect(outputs).toHaveProperty(/steps\.judge\.outputs\.(\w+)/.exec(value)?.[1] ?? 'none');
  });

  it('takes inputs for what they are: none is run', async () => {
    const file = '$(touch pwned) `touch pwned`; --json.json';
    const { outputs, workspace } = await judge('hostile', { file }, PLAN(['no-op']));
    expect(outputs).toMatchObject({ grade: 'routine' });
    expect(existsSync(join(workspace, 'pwned'))).toBe(false);
  });

  it.each([
    ['no-plan', {}, '{}', 'no format_version'],
    [
      'fail-on',
      { 'fail-on': 'sometimes', comment: 'maybe' },
      PLAN(['no-op']),
      'fail-on: expected .* comment: expected',
    ],
    ['name', { name: '$(id)' }, PLAN(['no-op']), '--name'],
    ['base', { base: 'origin/gone' }, PLAN(['no-op']), 'no git repository'],
  ])('fails where it cannot judge: %s', async (name, inputs, plan, reason) => {
    const error = (await judge(name, inputs, plan).catch((thrown: unknown) => thrown)) as {
      stdout: string;
      stderr: string;
    };
    expect(error.stdout + error.stderr).toMatch(new RegExp(reason));
  });
});

describe('its step Fail on the grade', () => {
  const { run: script } = step('Fail on the grade');
  const fails = (GRADE: string, FAIL_ON: string): Promise<boolean> =>
    inShell(CHECKOUT, script, { GRADE, FAIL_ON }).then(
      () => false,
      () => true,
    );

  it.each([
    ['notice', ['notice', 'unknown', 'danger']],
    ['unknown', ['unknown', 'danger']],
    ['danger', ['danger']],
  ])('from %s on', async (from, failing) => {
    const grades = ['routine', 'notice', 'unknown', 'danger'];
    const failed = await Promise.all(
      grades.map(async (grade) => ((await fails(grade, from)) ? [grade] : [])),
    );
    expect(failed.flat()).toEqual(failing);
    // Whatever else stands there is no pass.
    expect(await fails('', from)).toBe(true);
  });
});

describe('its step Comment', () => {
  it('updates its own comment, by its name', async () => {
    const folder = await run().subfolder('comment');
    const bot = { login: 'github-actions[bot]' };
    const pages = [
      { id: 1, user: bot, body: '<!-- portcullis-plan infra -->\nold' },
      { id: 2, user: bot, body: '<!-- portcullis-plan infra/network -->\nold' },
    ];
    await writeFile(join(folder, 'pages.json'), JSON.stringify(pages));
    await writeFile(join(folder, 'new.md'), '<!-- portcullis-plan infra/network -->\nnew\n');
    const gh =
      'gh() { if [ "$2" = --paginate ]; then cat pages.json; else printf "%s\\n" "$*" >> changes; fi; }';
    await inShell(folder, `${gh}\n${step('Comment').run}`, {
      ...{ GITHUB_REPOSITORY: 'acme/infra', NUMBER: '7', GH_TOKEN: 'x', MARKDOWN: 'new.md' },
    });
    expect(await readFile(join(folder, 'changes'), 'utf8')).toBe(
      'api --method PATCH /repos/acme/infra/issues/comments/2 --field body=@new.md\n',
    );
  });
});

it('its command judges with the rules of a repository that has no packages', async () => {
  const folder = await run().subfolder('rules');
  const git = (...args: string[]): void =>
    void execFileSync(
      'git',
      ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false', ...args],
      {
        cwd: folder,
      },
    );
  git('init', '--quiet', '--initial-branch', 'main');
  await copyFile(
    join(CHECKOUT, 'test/synth/readme/portcullis.rules.ts'),
    join(folder, 'portcullis.rules.ts'),
  );
  git('add', '--all');
  git('commit', '--quiet', '--message', 'rules');
  await writeFile(
    join(folder, 'plan.json'),
    PLAN(['delete']).replaceAll('vault_mount.kv', 'vault_mount.orders'),
  );
  const judged = await promisify(execFile)(
    process.execPath,
    [join(FOLDER, 'portcullis.mjs'), 'plan', '--file', 'plan.json'],
    {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder },
    },
  ).catch((error: unknown) => error);
  expect(judged).toMatchObject({
    code: 4,
    stdout: expect.stringContaining('is kept for ten years by law (rule orders-are-kept)') as string,
  });
});
