import { App } from 'cdktf';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPlan } from '../../cli/src/plan/read-plan';
import { linesOf, summarize, type StackSummary } from '../../cli/src/plan/summary';
import { EngineCache } from '../../cli/src/engines/install/cache';
import { engineEnvironment, findOpenTofu } from '../../cli/src/engines/programs/opentofu';
import { GITHUB_PROVIDER, provideProviders } from '../../cli/src/engines/programs/providers';
import { Run } from '../../cli/src/engines/process/run';
import { GithubStack } from '../../stacks/github-stack';
import { deliveryWorkflows, github as settings } from '../../stacks/github-settings';
import { startGithubDouble, type GithubDouble } from '../support/github/api-double';
import { canary } from './vault-deployment';

/** The grade and the line that a plan is to have; of what, `<type>` or `<type>.<part of its name>`; with what instead. */
type Weakened = readonly [grade: string, line: string, target: string, attributes: Record<string, unknown>];

/** They change different attributes, so that one plan shows all of them. */
const WEAKENED: readonly Weakened[] = [
  ['danger', 'ruleset main: is no longer enforced', 'github_repository_ruleset', { enforcement: 'disabled' }],
  [
    'danger',
    'ruleset main: asks for less: deletion, pull_request, required_status_checks',
    'github_repository_ruleset',
    { rules: { non_fast_forward: true, required_linear_history: true } },
  ],
  [
    'danger',
    'ruleset main: can be bypassed by 1 instead of 0',
    'github_repository_ruleset',
    { bypass_actors: [{ actor_id: 1, actor_type: 'Team', bypass_mode: 'always' }] },
  ],
  ['danger', 'repository fintech-api: can be read by others', 'github_repository', { visibility: 'public' }],
  [
    'danger',
    'repository fintech-api: no longer looks for secrets in what is pushed',
    'github_repository',
    {
      security_and_analysis: {
        secret_scanning: { status: 'disabled' },
        secret_scanning_push_protection: { status: 'disabled' },
      },
    },
  ],
  [
    'danger',
    'token of jobs in fintech-api: may write, whatever a job names',
    'github_workflow_repository_permissions',
    { default_workflow_permissions: 'write' },
  ],
  [
    'danger',
    'token of jobs in fintech-api: may approve pull requests',
    'github_workflow_repository_permissions',
    { can_approve_pull_request_reviews: true },
  ],
  [
    'danger',
    'actions allowed in fintech-api: are any',
    'github_actions_repository_permissions',
    { allowed_actions: 'all', allowed_actions_config: undefined },
  ],
  [
    'danger',
    'environment prod: is deployed without a review',
    'github_repository_environment.prod',
    { reviewers: undefined },
  ],
  [
    'danger',
    'environment prod: can be bypassed by administrators',
    'github_repository_environment.prod',
    { can_admins_bypass: true },
  ],
  [
    'notice',
    'variable of jobs STAGING_URL: value changes',
    'github_actions_environment_variable',
    { value: 'https://api.fintech.example.com' },
  ],
  [
    'routine',
    'proposed file .zap/allow-list.json: will be proposed anew',
    'github_repository_file.allow-list',
    { content: '[{}]' },
  ],
];

/** The real engine and the real provider; GitHub is the double that test/support/github describes. */
describe('the GitHub stack', () => {
  let run: Run;
  let github: GithubDouble;
  let engine: string;
  let environment: NodeJS.ProcessEnv;
  let folder: string;

  beforeAll(async () => {
    run = await Run.open();
    const context = { run, cache: new EngineCache(), note: () => undefined };
    engine = await findOpenTofu(context);
    const configuration = await provideProviders(context, engine, [GITHUB_PROVIDER]);
    github = await startGithubDouble('fintech-example');
    environment = {
      ...engineEnvironment(),
      ...(configuration !== undefined && { TF_CLI_CONFIG_FILE: configuration }),
      GITHUB_APP_ID: github.app.id,
      GITHUB_APP_INSTALLATION_ID: github.app.installationId,
      GITHUB_APP_PEM_FILE: github.app.privateKey,
      TF_VAR_state_passphrase: canary(),
    };
    folder = await run.subfolder('github');
    // What cdktf tells the app: only OpenTofu encrypts its state.
    process.env.TERRAFORM_BINARY_NAME = engine;
    const app = new App({ outdir: join(folder, 'out') });
    new GithubStack(app, {
      ...settings(),
      apiUrl: github.url,
      backend: { kind: 'local', directory: folder },
      encryption: { keyProvider: 'passphrase' },
    });
    app.synth();
    delete process.env.TERRAFORM_BINARY_NAME;
    await runEngine(['init', '-input=false']);
    await runEngine(['apply', '-input=false', '-auto-approve']);
  }, 600_000);

  afterAll(async () => {
    await github.close();
    await run.close();
  });

  it('sends nothing that GitHub would refuse', () => {
    expect(github.refused).toEqual([]);
  });

  it('lets main change by reviewed pull requests that passed, and by nothing else', () => {
    const [ruleset] = keptBelow('/rulesets/');
    expect(ruleset).toMatchObject({ enforcement: 'active', bypass_actors: [] });
    expect((ruleset?.rules as { type: string }[]).map(({ type }) => type).sort()).toEqual([
      'deletion',
      'non_fast_forward',
      'pull_request',
      'required_linear_history',
      'required_status_checks',
    ]);
    expect(JSON.stringify(ruleset?.rules)).toContain('"context":"plan vault-prod","integration_id":15368');
  });

  it('gives jobs no permission by default, and pinned actions of a known list only', () => {
    const permissions = github.kept.get('/repos/fintech-example/fintech-api/actions/permissions/workflow');
    expect(permissions).toEqual({
      default_workflow_permissions: 'read',
      can_approve_pull_request_reviews: false,
    });
    const [allowed] = keptBelow('/selected-actions');
    expect(allowed).toMatchObject({ verified_allowed: false });
    for (const pattern of allowed?.patterns_allowed as string[]) expect(pattern).toMatch(/@[0-9a-f]{40}$/);
  });

  it('deploys from main alone, to production after a review by somebody else', () => {
    const prod = github.kept.get('/repos/fintech-example/fintech-api/environments/prod');
    expect(prod).toMatchObject({ can_admins_bypass: false });
    expect(JSON.stringify(prod?.protection_rules)).toContain('"prevent_self_review":true');
    expect(keptBelow('/deployment-branch-policies/')).toEqual([
      ...['dev', 'staging', 'prod'].map(() => expect.objectContaining({ name: 'main' }) as unknown),
    ]);
  });

  it('proposes its files by pull request, byte for byte', () => {
    const pulls = keptBelow('/pulls/');
    expect(pulls.map(({ base }) => (base as { ref: string }).ref)).toEqual(['main', 'main', 'main']);
    const plan = keptBelow('/contents/.github/workflows/plan.yml')[0];
    const content = Buffer.from(String(plan?.content), 'base64').toString();
    expect(content).toBe(deliveryWorkflows()['.github/workflows/plan.yml']);
  });

  it('says where staging is, to the jobs of that environment alone', () => {
    expect(keptBelow('/variables/')).toEqual([
      expect.objectContaining({ name: 'STAGING_URL', value: new URL(settings().scanning.stagingUrl).origin }),
    ]);
    expect([...github.kept.keys()]).toContain(
      '/repos/fintech-example/fintech-api/environments/staging/variables/STAGING_URL',
    );
  });

  it('names the code owners whose review its ruleset asks for', () => {
    expect(JSON.stringify(keptBelow('/rulesets/'))).toContain('"require_code_owner_review":true');
    const [owners] = keptBelow('/contents/.github/CODEOWNERS');
    expect(Buffer.from(String(owners?.content), 'base64').toString()).toMatch(/^\* @fintech-example\/\w+$/m);
  });

  it('has nothing left to do', async () => {
    await runEngine(['plan', '-input=false', '-detailed-exitcode']);
  });

  it('is not done without the key of the App', async () => {
    const { privateKey } = await startGithubDouble('other').then(
      async ({ app, close }) => (await close(), app),
    );
    await expect(runEngine(['plan', '-input=false'], { GITHUB_APP_PEM_FILE: privateKey })).rejects.toThrow(
      /A JSON web token\s+could not be decoded/,
    );
    await expect(runEngine(['plan', '-input=false'], { GITHUB_APP_PEM_FILE: '' })).rejects.toThrow(
      'pem_file',
    );
  });

  it('keeps no secret in its state', async () => {
    const state = await readFile(join(folder, 'github.tfstate'), 'utf8');
    for (const secret of [github.token, github.app.privateKey.split('\n')[1]])
      expect(state).not.toContain(secret);
  });

  describe('planned with weaker settings', () => {
    let lines: string[];
    beforeAll(async () => {
      lines = linesOf(await planWith(WEAKENED)).map(
        (found) => `${found.grade}: ${found.subject}: ${found.sentence}`,
      );
    });

    it.each(WEAKENED)('says of a plan: %s, %s', (grade, line) => {
      expect(lines).toContain(`${grade}: ${line}`);
    });
  });

  /** The plan of the stack with some attributes of resources replaced. */
  async function planWith(changes: readonly Weakened[]): Promise<StackSummary> {
    const file = join(folder, 'out/stacks/github/cdk.tf.json');
    const before = await readFile(file, 'utf8');
    const configuration = JSON.parse(before) as { resource: Record<string, Record<string, object>> };
    for (const [, , target, attributes] of changes) {
      const [type = '', part = ''] = target.split('.');
      const resources = configuration.resource[type] ?? {};
      const name = Object.keys(resources).find((key) => key.includes(part)) ?? '';
      Object.assign(resources[name] ?? {}, attributes);
    }
    try {
      await writeFile(file, JSON.stringify(configuration));
      await runEngine(['plan', '-input=false', '-out=changed.plan']);
      return await summarize('github', readPlan(await runEngine(['show', '-json', 'changed.plan'])));
    } finally {
      await writeFile(file, before);
    }
  }

  function keptBelow(part: string): Record<string, unknown>[] {
    return [...github.kept].filter(([path]) => path.includes(part)).map(([, body]) => body);
  }

  /** @throws PortcullisError with what the engine said, when its exit code is not 0. */
  function runEngine(args: string[], variables: NodeJS.ProcessEnv = {}): Promise<string> {
    return run.complete(
      {
        name: args[0] ?? '',
        command: engine,
        args: [...args, '-no-color'],
        cwd: join(folder, 'out/stacks/github'),
        env: { ...environment, ...variables },
      },
      { code: 'ERR_DEPLOY', remedy: 'mend the stack' },
    );
  }
});
