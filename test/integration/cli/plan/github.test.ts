/** A plan by GitHub's real provider: of what is made, because nothing there can be read without GitHub. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GITHUB_PROVIDER } from '../../../../cli/src/engines/programs/providers';
import { readPlanFile } from '../../../../cli/src/plan/file/read-plan-file';
import { renderMarkdown } from '../../../../cli/src/plan/render/markdown';
import { renderSarif } from '../../../../cli/src/plan/render/sarif';
import { renderTerminal } from '../../../../cli/src/plan/render/terminal';
import { summarizeRun, type StackSummary } from '../../../../cli/src/plan/summary';
import { useRun } from '../../../support/engines';
import { PlanningFolder } from '../../../support/plan/planned-run';
import { canary } from '../../vault-deployment';

const run = useRun();
const repository = 'r';
const [secret, value, inUrl] = [canary(), canary(), canary()];

/** Kind, what is planned, and the grade that it has. */
const RESOURCES: Readonly<Record<string, readonly [attributes: object, grade: string]>> = {
  github_repository: [{ name: 'r', visibility: 'public' }, 'danger'],
  github_repository_ruleset: [
    {
      ...{ name: 'main', repository, target: 'branch', enforcement: 'active' },
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      bypass_actors: [{ actor_id: 5, actor_type: 'RepositoryRole', bypass_mode: 'always' }],
      rules: { deletion: true, pull_request: { required_approving_review_count: 1 } },
    },
    'danger',
  ],
  github_repository_collaborator: [{ repository, username: 'mallory', permission: 'admin' }, 'danger'],
  github_repository_deploy_key: [
    { repository, title: 'k', key: 'ssh-ed25519 AAAA', read_only: false },
    'danger',
  ],
  github_actions_secret: [{ repository, secret_name: 'S', plaintext_value: secret }, 'danger'],
  github_actions_variable: [{ repository, variable_name: 'V', value }, 'notice'],
  github_repository_file: [{ repository, file: 'a', content: 'x', branch: 'portcullis/delivery' }, 'routine'],
  github_repository_webhook: [
    {
      repository,
      events: ['push'],
      configuration: { url: `https://x.example.com/?t=${inUrl}`, insecure_ssl: true },
    },
    'danger',
  ],
  github_actions_repository_permissions: [{ repository, allowed_actions: 'all' }, 'danger'],
  github_repository_environment: [{ repository, environment: 'prod' }, 'danger'],
  github_branch_protection: [{ repository_id: 'r', pattern: 'main', allows_force_pushes: true }, 'danger'],
};

const required_providers = { github: { source: GITHUB_PROVIDER.source, version: GITHUB_PROVIDER.version } };
const nothing = {
  terraform: { required_providers },
  resource: { terraform_data: { other: { input: 'deployed' } } },
};
const configuration = (owner: string): object => ({
  terraform: { required_providers },
  provider: { github: [{ token: 'none', owner }] },
  resource: {
    terraform_data: { other: { input: 'deployed' } },
    ...Object.fromEntries(
      Object.entries(RESOURCES).map(([type, [attributes]]) => [type, { it: attributes }]),
    ),
  },
});

let folder: PlanningFolder;
let summary: StackSummary;
const planned = async (owner: string): Promise<StackSummary> =>
  summarizeRun('github', await folder.plan(configuration(owner)));

beforeAll(async () => {
  folder = await PlanningFolder.make(run(), 'github', [GITHUB_PROVIDER]);
  await folder.apply(nothing);
  summary = await planned('example');
});

it.each(Object.entries(RESOURCES).map(([type, [, grade]]) => [type, grade]))('%s: %s', (type, grade) => {
  expect(summary.judged.find(({ address }) => address === `${type}.it`)).toMatchObject({
    grade,
    action: 'create',
  });
});

it('shows no secret in any form', () => {
  const texts = [renderTerminal([summary]), renderMarkdown([summary]), renderSarif([summary], 'a.ts')];
  const shown = [...texts, JSON.stringify(summary)].join('\n');
  for (const hidden of [secret, value, inUrl]) expect(shown).not.toContain(hidden);
});

it('is judged alike where it is given as a file', async () => {
  const file = join(await run().subfolder('given'), 'plan.json');
  await writeFile(file, (await folder.plan(configuration('example'))).plan);
  const { summary: given } = await readPlanFile(file);
  expect(given).toMatchObject({ grade: summary.grade, counts: summary.counts, judged: summary.judged });
});

it('has a digest that stays, and is another one for another owner', async () => {
  expect(summary).toMatchObject({
    refused: [],
    digest: expect.stringMatching(/^github:[0-9a-f]{64}$/) as string,
  });
  expect((await planned('example')).digest).toBe(summary.digest);
  expect((await planned('mallory')).digest).not.toBe(summary.digest);
});
