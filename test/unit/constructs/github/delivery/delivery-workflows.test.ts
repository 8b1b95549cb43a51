import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployWorkflow, planWorkflow, renderWorkflow } from '@portcullis/constructs/github';
import { parse } from 'yaml';
import { OPENTOFU } from '../../../../../cli/src/engines/programs/opentofu';
import { policy } from '../../../../../policy';
import { staging } from '../../../../../stacks/environments/staging';
import { delivery, deliveryFiles, github } from '../../../../../stacks/github-settings';
import { awsNamesOf } from '../../../../../stacks/aws-names';

interface JobFile {
  name?: string;
  needs?: string[];
  if?: string;
  environment?: string;
  permissions: Record<string, string>;
  uses?: string;
  with?: Record<string, string>;
  'timeout-minutes'?: number;
  strategy?: { matrix: { include?: { stack: string; audience?: string }[] } };
  steps?: { name: string; uses?: string; run?: string; with?: Record<string, unknown> }[];
}
interface WorkflowFile {
  on: Record<string, unknown>;
  permissions: object;
  jobs: Record<string, JobFile>;
}

const files: Record<string, string> = {
  ...deliveryFiles(),
  '.github/workflows/ci.yml': readFileSync(
    join(__dirname, '../../../../../.github/workflows/ci.yml'),
    'utf8',
  ),
};
const workflows = Object.entries(files)
  .filter(([path]) => path.endsWith('.yml'))
  .map(([path, text]): [name: string, workflow: WorkflowFile] => [
    path.replace(/^.*\/|\.yml$/g, ''),
    parse(text) as WorkflowFile,
  ]);
const workflow = (name: string): WorkflowFile => workflows.find(([found]) => found === name)![1];

describe.each(workflows)('%s.yml', (_, { on, permissions, jobs }) => {
  it('gives no permission that a job does not name', () => {
    expect(permissions).toEqual({});
    for (const job of Object.values(jobs)) expect(job.permissions).toBeDefined();
  });

  it('never runs with the rights of main on what a pull request says', () => {
    expect(on).not.toHaveProperty('pull_request_target');
    expect(on).not.toHaveProperty('workflow_run');
  });

  it('installs packages without their scripts, before it signs in anywhere', () => {
    for (const { steps = [] } of Object.values(jobs)) {
      const positions = (found: (step: (typeof steps)[number]) => boolean) =>
        steps.flatMap((step, index) => (found(step) ? [index] : []));
      const installed = positions(({ run }) => /\bnpm (ci|i|install)\b/.test(run ?? ''));
      const signedIn = positions(({ uses }) => /vault-action|aws-credentials/.test(uses ?? ''));
      const commands = positions(({ run }) => /npm run|\.ci\/run/.test(run ?? ''));
      for (const index of installed) expect(steps[index]?.run).toMatch(/^npm ci --ignore-scripts$/m);
      for (const index of [...signedIn, ...commands]) expect(installed[0]).toBeLessThan(index);
    }
  });

  it('ends every job of its own by a time-out', () => {
    for (const { uses, 'timeout-minutes': minutes } of Object.values(jobs)) {
      if (uses === undefined) expect(minutes).toBeLessThanOrEqual(180);
    }
  });
});

it('our own checks look at the signatures of what was installed, before any of it runs', () => {
  const steps = workflow('ci').jobs.ci?.steps?.map(({ run }) => run ?? '') ?? [];
  const signatures = steps.indexOf('npm audit signatures');
  expect(signatures).toBeGreaterThan(steps.indexOf('npm ci --ignore-scripts'));
  expect(steps.indexOf('bash .ci/run')).toBeGreaterThan(signatures);
});

it('a job that plans or applies does it by the release of OpenTofu that everybody runs', () => {
  const version = OPENTOFU.version.replace(/^v/, '');
  const jobs = workflows.flatMap(([, each]) => Object.values(each.jobs));
  const engines = jobs.filter(({ steps }) =>
    /portcullis -- (plan|deploy)|\.ci\/run/.test(JSON.stringify(steps ?? [])),
  );
  expect(engines.length).toBeGreaterThan(3);
  for (const { steps } of engines) {
    expect(steps?.find(({ uses }) => uses?.startsWith('opentofu/setup-opentofu@'))?.with).toEqual({
      tofu_version: version,
      tofu_wrapper: false,
    });
  }
  const compose = readFileSync(join(__dirname, '../../../../../compose.test.yml'), 'utf8');
  expect(compose).toContain(`opentofu:${version}-minimal`);
});

describe('a deploy', () => {
  const { on, jobs } = workflow('deploy');
  /** What has to have succeeded before a job begins. */
  const before = (name: string): string[] =>
    (jobs[name]?.needs ?? []).flatMap((needed) => [...before(needed), needed]);

  it('is of main alone', () => {
    expect(on).toEqual({ push: { branches: ['main'] } });
  });

  it('of production waits for the gate of the full scan', () => {
    expect(before('deploy-prod')).toEqual([
      'plan-dev',
      'deploy-dev',
      'plan-staging',
      'deploy-staging',
      'scan-staging',
      'plan-prod',
    ]);
    expect(jobs['scan-staging']).toMatchObject({
      uses: './.github/workflows/security.yml',
      // As the service of staging says at /healthz that it is.
      with: { release: awsNamesOf(policy, staging()).release },
    });
    // Without a condition a job runs only when all that it needs has succeeded.
    for (const job of Object.values(jobs)) expect(job.if).toBeUndefined();
  });

  it('has the right to deploy in the job that its environment guards, and nowhere else', () => {
    for (const { name } of delivery.environments) {
      const [plan, deploy] = [jobs[`plan-${name}`], jobs[`deploy-${name}`]];
      expect(plan?.environment).toBeUndefined();
      expect(JSON.stringify(plan)).not.toMatch(/-deploy"|github-deploy/);
      expect(deploy?.environment).toBe(name);
    }
  });

  it('can say what differs from what was reviewed', () => {
    const scripts = jobs['deploy-prod']?.steps?.flatMap(({ run = [] }) => run).join('\n');
    expect(scripts).toContain('--name reviewed-prod');
    expect(scripts).toContain('deploy --changes "$RUNNER_TEMP/reviewed/reviewed.json" --reviewed');
    // Whatever else is in the artifact lands beside the checkout, whose code then signs in.
    expect(scripts).toContain('--name reviewed-prod --dir "$RUNNER_TEMP/reviewed"');
  });
});

describe('the plan of a pull request', () => {
  const { on, jobs } = workflow('plan');

  it('has credentials unless it is of a fork', () => {
    expect(on).toEqual({ pull_request: {} });
    expect(jobs.plan?.if).toBe('github.event.pull_request.head.repo.full_name == github.repository');
    expect(JSON.stringify(jobs)).not.toMatch(/-deploy"|github-deploy|secrets\./);
  });

  it('is one for each stack that a job deploys', () => {
    expect(jobs.plan?.strategy?.matrix.include?.map(({ stack }) => stack)).toEqual(
      delivery.environments.flatMap(({ stacks }) => stacks),
    );
  });
});

describe('environments of which one is in China', () => {
  const [dev, ...others] = delivery.environments;
  const inChina = { ...dev!, aws: { ...dev!.aws, region: 'cn-north-1' } };
  const settings = { ...delivery, environments: [inChina, ...others] };

  it('ask in each job for tokens that the STS of its account takes', () => {
    const audiences = (jobs: Record<string, JobFile>) =>
      Object.values(jobs).flatMap(({ steps = [] }) =>
        steps.filter(({ uses }) => uses?.includes('aws-credentials')).map((step) => step.with?.audience),
      );
    const china = 'sts.amazonaws.com.cn';
    const deploy = parse(renderWorkflow(deployWorkflow(settings))) as WorkflowFile;
    expect(audiences(deploy.jobs)).toEqual([china, china, ...others.flatMap(() => [undefined, undefined])]);
    const plan = parse(renderWorkflow(planWorkflow(settings))) as WorkflowFile;
    expect(audiences(plan.jobs)).toEqual(['${{ matrix.audience }}']);
    const told = plan.jobs.plan?.strategy?.matrix.include?.map(({ audience }) => audience);
    expect(new Set(told)).toEqual(new Set([china, 'sts.amazonaws.com']));
    expect(told?.indexOf('sts.amazonaws.com')).toBe(inChina.stacks.length);
  });

  it('are the only ones that have to say it', () => {
    expect(JSON.stringify(delivery)).not.toContain('"cn-');
    expect(Object.values(deliveryFiles()).join()).not.toContain('audience: sts');
  });
});

it('every check that a merge needs is one that a pull request has', () => {
  const checks = workflows
    .filter(([, { on }]) => 'pull_request' in on)
    .flatMap(([, { jobs }]) => Object.entries(jobs))
    .flatMap(
      ([id, { name = id, strategy }]) =>
        strategy?.matrix.include?.map(({ stack }) => name.replace('${{ matrix.stack }}', stack)) ?? [name],
    );
  expect(github().requiredChecks.filter((check) => !checks.includes(check))).toEqual([]);
});
