/** `.github/actions/plan` as a runner has it: the repository at a commit, nothing installed, an empty home, a stranger's plan. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { inShell } from '../support/github/step';
import { useMarket } from './market';

const CHECKOUT = join(__dirname, '../..');
const market = useMarket();

const PLAN = {
  ...{ format_version: '1.2', planned_values: {}, configuration: {} },
  resource_changes: [
    {
      ...{ address: 'vault_mount.kv', mode: 'managed', type: 'vault_mount' },
      provider_name: 'registry.opentofu.org/hashicorp/vault',
      change: { actions: ['delete'], before: { path: 'kv' }, after: null },
    },
  ],
};

it('installs what its lock file pins, and judges', async () => {
  const stranger = await market().open();
  const actions = join(stranger.folder, '..', '_actions');
  mkdirSync(actions);
  // What is not committed yet is tested, too.
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: CHECKOUT,
  });
  execFileSync('tar', ['--null', '--files-from=-', '--create', '--file', join(actions, 'all.tar')], {
    cwd: CHECKOUT,
    input: files,
  });
  execFileSync('tar', ['--extract', '--file', 'all.tar'], { cwd: actions });

  const GITHUB_ACTION_PATH = join(actions, '.github/actions/plan');
  const { runs } = parse(readFileSync(join(GITHUB_ACTION_PATH, 'action.yml'), 'utf8')) as {
    runs: { steps: { name: string; run?: string }[] };
  };
  const [GITHUB_OUTPUT, GITHUB_STEP_SUMMARY] = ['output', 'summary'].map((name) => join(actions, name));
  const variables = {
    ...{ GITHUB_ACTION_PATH, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, RUNNER_TEMP: actions, HOME: actions },
    ...{ PLAN_FILE: 'plan.json', PLAN_NAME: 'infra', BASE: '', COMMENT: 'true', FAIL_ON: 'danger' },
    npm_config_registry: market().registry.url,
  };
  writeFileSync(join(stranger.folder, 'plan.json'), JSON.stringify(PLAN));
  const step = (name: string, more: NodeJS.ProcessEnv = {}) =>
    inShell(stranger.folder, runs.steps.find((one) => one.name === name)?.run ?? 'exit 1', {
      ...variables,
      ...more,
    });
  await step('Install Portcullis');
  await step('Judge');
  expect(readFileSync(join(actions, 'output'), 'utf8')).toContain('grade=danger\n');
  expect(readFileSync(join(actions, 'summary'), 'utf8')).toContain('### 🔴 infra: 1 to destroy');
  await expect(step('Fail on the grade', { GRADE: 'danger' })).rejects.toMatchObject({ code: 1 });
});
