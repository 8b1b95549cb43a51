import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployWorkflow, planWorkflow, renderWorkflow } from '@portcullis/constructs/github';
import { parse } from 'yaml';
import { holds } from '../../../../support/github/expressions';
import { OPENTOFU } from '../../../../../cli/src/engines/programs/opentofu';
import { delivery, deliveryFiles, github } from '../../../../../stacks/github-settings';

interface JobFile {
  name?: string;
  needs?: string[];
  if?: string;
  environment?: string;
  permissions: Record<string, string>;
  uses?: string;
  with?: Record<string, string>;
  'timeout-minutes'?: number | string;
  outputs?: Record<string, string>;
  strategy?: { matrix: { include?: { stack: string; audience?: string }[] } };
  steps?: {
    name: string;
    uses?: string;
    run?: string;
    with?: Record<string, unknown>;
    env?: Record<string, string>;
  }[];
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

/** The time-outs that a job may have: one, or one of a deploy and one of a run on schedule. */
function minutesOf(minutes: number | string | undefined): number[] {
  const [, ofDeploy, onSchedule] =
    /^\$\{\{ inputs\.release != '' && (\d+) \|\| (\d+) \}\}$/.exec(String(minutes)) ?? [];
  return ofDeploy === undefined ? [Number(minutes)] : [Number(ofDeploy), Number(onSchedule)];
}

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
      for (const index of commands) expect(installed[0]).toBeLessThan(index);
      // A job may sign in and install nothing at all.
      if (installed.length > 0) for (const index of signedIn) expect(installed[0]).toBeLessThan(index);
    }
  });

  it('ends every job of its own by a time-out', () => {
    for (const { uses, 'timeout-minutes': minutes } of Object.values(jobs)) {
      if (uses === undefined) expect(Math.max(...minutesOf(minutes))).toBeLessThanOrEqual(180);
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

const BUILT = '${{ needs.image.outputs.digest }}';
const NAMED = "${{ inputs.way == 'rollback' && steps.good.outputs.digest || needs.image.outputs.digest }}";

describe('a deploy', () => {
  const { on, jobs } = workflow('deploy');
  /** What has to have succeeded before a job begins. */
  const before = (name: string): string[] => [
    ...new Set((jobs[name]?.needs ?? []).flatMap((needed) => [...before(needed), needed])),
  ];

  it('is of main, or started by hand for one environment with a reason', () => {
    expect(on).toEqual({
      push: { branches: ['main'] },
      workflow_dispatch: {
        inputs: {
          way: expect.objectContaining({ options: ['break-glass', 'rollback'], required: true }) as object,
          environment: expect.objectContaining({
            options: ['dev', 'staging', 'prod'],
            required: true,
          }) as object,
          reason: { description: 'Why', type: 'string', required: true },
        },
      },
    });
  });

  it.each<[string, { way?: string; environment?: string }]>([
    ['push', {}],
    ['workflow_dispatch', { way: 'break-glass', environment: 'prod' }],
    ['workflow_dispatch', { way: 'rollback', environment: 'prod' }],
  ])('of production begins by %s %j only when what it needs has succeeded', (event, inputs) => {
    const needed = jobs['plan-prod']?.needs ?? [];
    const byHand = inputs.way === 'rollback' ? [] : ['alert', 'image'];
    const wanted = event === 'push' ? needed.filter((job) => job !== 'alert') : byHand;
    const begins = (id: string, results: Record<string, string>): boolean =>
      holds(
        jobs[id]?.if ?? '',
        {
          github: { event_name: event },
          inputs,
          needs: Object.fromEntries(needed.map((job) => [job, { result: results[job] ?? 'skipped' }])),
        },
        { cancelled: () => false },
      );
    const right = Object.fromEntries(wanted.map((job) => [job, 'success']));
    expect(begins('plan-prod', right)).toBe(true);
    for (const job of wanted) {
      for (const result of ['failure', 'skipped', 'cancelled'])
        expect(begins('plan-prod', { ...right, [job]: result })).toBe(false);
    }
    // Nothing of staging's is planned by what is started for production.
    if (event !== 'push') expect(begins('plan-staging', right)).toBe(false);
  });

  it('applies only what a plan of the same run has', () => {
    for (const [id, { if: condition, needs }] of Object.entries(jobs)) {
      if (!id.startsWith('deploy-')) continue;
      const plan = id.replace('deploy', 'plan');
      expect(needs).toEqual([plan]);
      expect(condition).toBe(`\${{ !cancelled() && (needs.${plan}.result == 'success') }}`);
    }
  });

  it('of production waits for the gate of the full scan', () => {
    expect(before('deploy-prod')).toEqual([
      'alert',
      'image',
      'plan-dev',
      'deploy-dev',
      'plan-staging',
      'deploy-staging',
      'scan-staging',
      'plan-prod',
    ]);
    expect(jobs['scan-staging']).toMatchObject({
      uses: './.github/workflows/security.yml',
      // As the service says at /healthz that it is: RELEASE of the stack is the digest.
      with: { release: BUILT },
    });
  });

  it('is of the one image that was built of the merge: for plan, apply, scan and every environment', () => {
    expect(jobs.image?.outputs).toEqual({ digest: '${{ steps.push.outputs.digest }}' });
    for (const { name } of delivery.environments) {
      const stepOf = (job: string, step: string) => jobs[job]?.steps?.find((one) => one.name === step);
      expect(jobs[`plan-${name}`]?.needs).toContain('image');
      expect(jobs[`plan-${name}`]?.outputs?.image).toBe(NAMED);
      expect(stepOf(`plan-${name}`, 'Plan')?.env).toMatchObject({ PORTCULLIS_IMAGE_DIGEST: NAMED });
      for (const step of [
        'Verify where the image comes from',
        'Apply what was reviewed',
        'Apply what was reviewed, unscanned',
        'Note that it is served',
      ]) {
        expect(stepOf(`deploy-${name}`, step)?.env).toMatchObject({
          PORTCULLIS_IMAGE_DIGEST: `\${{ needs.plan-${name}.outputs.image }}`,
        });
      }
    }
    expect(readFileSync(join(__dirname, '../../../../../.github/workflows/deploy.yml'), 'utf8')).not.toMatch(
      /sha256:[0-9a-f]{12}/,
    );
  });

  it('of production ends an hour after the merge at the latest, but for approvals', () => {
    const { jobs: scan } = workflow('security');
    const ofScan = ['full-scan', 'reports'].map((job) => minutesOf(scan[job]?.['timeout-minutes'])[0] ?? NaN);
    expect(scan.reports?.needs).toEqual(['full-scan']);
    const minutes = (job: string): number =>
      jobs[job]?.uses === undefined
        ? Number(jobs[job]?.['timeout-minutes'])
        : ofScan.reduce((sum, one) => sum + one, 0);
    const longest = (job: string): number =>
      minutes(job) + Math.max(0, ...(jobs[job]?.needs ?? []).map(longest));
    expect(longest('deploy-prod')).toBeLessThanOrEqual(60);
  });

  it('signs in to push only when nothing is built any more', () => {
    const names = jobs.image?.steps?.map(({ name }) => name);
    expect(names).toEqual([
      'Harden the runner',
      'Check out',
      'Build',
      'Sign in to AWS',
      'Push',
      'Attest where it comes from',
    ]);
  });

  it('verifies where the image comes from before it applies anything', () => {
    for (const { name } of delivery.environments) {
      const names = jobs[`deploy-${name}`]?.steps?.map((step) => step.name) ?? [];
      const verified = names.indexOf('Verify where the image comes from');
      expect(verified).toBeGreaterThan(0);
      expect(names.indexOf('Apply what was reviewed')).toBeGreaterThan(verified);
    }
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
    expect(audiences(deploy.jobs)).toEqual([
      undefined,
      china,
      china,
      ...others.flatMap(() => [undefined, undefined]),
      // Staging once more, after a break-glass deploy.
      undefined,
      undefined,
    ]);
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
