import { deployWorkflow, renderWorkflow } from '@portcullis/constructs/github';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { delivery } from '../../../../stacks/github-settings';
import { walk, type WalkedJob, type WalkedStep } from '../../../support/github/walk';

const FOLDER = join(__dirname, '../../../../.github/workflows');

interface WorkflowFile {
  readonly jobs: Readonly<Record<string, WalkedJob & { 'runs-on'?: string; uses?: string }>>;
}

const handOver = {
  appRole: 'orders',
  command: 'docker run --env VAULT_ROLE_ID --env VAULT_WRAPPED_SECRET_ID orders',
};
const environments = delivery.environments.map((one) => ({ ...one, handOver }));

/** Those of the repository, generated and by hand, and a deploy that starts the service. */
const workflows = [
  ...readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')] as const),
  ['deploy.yml with a hand-over', renderWorkflow(deployWorkflow({ ...delivery, environments }))] as const,
];

const jobs = workflows.flatMap(([file, text]) =>
  Object.entries((parse(text) as WorkflowFile).jobs)
    .filter(([, { uses }]) => uses === undefined)
    .map(([name, job]) => [`${name} of ${file}`, job] as const),
);

describe('a runner of ubuntu-24.04', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-runner-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each(jobs)('gets through %s with what it has and what the job installs', async (_, job) => {
    expect(job['runs-on']).toBe('ubuntu-24.04');
    await walk(folder, job);
  });

  const INSTALLED = { name: 'Install', run: 'npm ci --ignore-scripts' };
  const NODE = { name: 'Set up Node', uses: 'actions/setup-node@0' };
  it.each<[string, WalkedStep[], string]>([
    [
      'a command that it lacks',
      [{ name: 'Count', run: 'redis-server --version' }],
      'redis-server: command not found',
    ],
    [
      'a command that it lacks, where nothing is said of it',
      [{ name: 'Scan', run: 'wapiti --version || true' }],
      'wapiti: command not found',
    ],
    [
      'a command of ours that would build its engine',
      [NODE, INSTALLED, { name: 'Plan', run: 'npm run --silent portcullis -- plan vault-dev' }],
      'tofu: command not found',
    ],
    [
      'a command of ours before the packages are there',
      [NODE, { name: 'Gate', run: 'npm run --silent portcullis -- zap-gate report_json.json' }],
      'nothing is installed',
    ],
    ['what only root may write', [{ name: 'Write', run: 'echo x > /etc/portcullis' }], 'Permission denied'],
    ['a package that nobody knows', [{ name: 'Add', run: 'sudo apt-get install --yes golang' }], 'golang'],
    ['an action that nobody knows', [{ name: 'Use', uses: 'example/action@0' }], 'example/action'],
  ])('fails at %s', async (_, steps, words) => {
    await expect(walk(folder, { steps })).rejects.toThrow(words);
  });
});
