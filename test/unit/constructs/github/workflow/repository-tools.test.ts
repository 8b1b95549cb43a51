/** The workflows in a repository that is not ours. */
import { repositoryFiles, type RepositoryTools } from '@portcullis/constructs/github';
import { tmpdir } from 'node:os';
import { parse } from 'yaml';
import { inShell } from '../../../../support/github/step';
import { startApi } from '../../../../../constructs/src/github/scanning/api-on-runner';
import { delivery, scanning } from '../../../../../stacks/github-settings';

interface WorkflowFile {
  readonly jobs: Readonly<
    Record<string, { environment?: string; steps?: readonly { name: string; run?: string }[] }>
  >;
}

const filesFor = (tools: RepositoryTools): Record<string, string> =>
  repositoryFiles({ delivery: { ...delivery, tools }, scanning: { ...scanning, tools } });

const runsIn = (files: Record<string, string>): string[] =>
  Object.entries(files)
    .filter(([path]) => path.endsWith('.yml'))
    .flatMap(([, text]) => Object.values((parse(text) as WorkflowFile).jobs))
    .flatMap(({ steps = [] }) => steps.flatMap(({ run }) => (run === undefined ? [] : [run])));

describe.each([
  [{}, 'npm ci --ignore-scripts', 'npx --no-install portcullis'],
  [
    { packageManager: 'pnpm' },
    'corepack enable pnpm\npnpm install --frozen-lockfile --ignore-scripts',
    'pnpm exec portcullis',
  ],
  [
    { packageManager: 'yarn' },
    'corepack enable yarn\nyarn install --immutable --mode=skip-build',
    'yarn run --binaries-only portcullis',
  ],
  [{ command: 'node tools/portcullis.js' }, 'npm ci --ignore-scripts', 'node tools/portcullis.js'],
] as const)('with %j', (tools, install, command) => {
  const runs = runsIn(filesFor(tools));

  it('the packages are installed by its lock file, without their scripts', () => {
    const installs = runs.filter((run) => /\b(npm|pnpm|yarn) (ci|install)/.test(run));
    expect(new Set(installs)).toEqual(new Set([install]));
    expect(installs.length).toBeGreaterThan(3);
  });

  it('the command is that of its packages, wherever a step calls it', () => {
    const lines = runs
      .flatMap((run) => run.split('\n'))
      .filter((line) => /portcullis(\.js)? [a-z]/.test(line));
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(line).toContain(`${command} `);
  });
});

it('what a team starts itself stays as it wrote it', () => {
  const command = 'cd portcullis && portcullis start -- node server.js';
  const [dev, ...others] = delivery.environments;
  if (dev === undefined) throw new Error('no environment');
  const handOver = { appRole: 'orders', command: 'portcullis whois x && ./start' };
  const runs = runsIn(
    repositoryFiles({
      delivery: { ...delivery, tools: {}, environments: [{ ...dev, handOver }, ...others] },
      scanning: { ...scanning, tools: {}, api: { command } },
    }),
  ).join('\n');
  expect(runs).toContain(`setsid bash -c '${command}'`);
  expect(runs).toContain(`\n${handOver.command}`);
  expect(runs).not.toContain('\0');
});

it('a header names the settings that it is made from', () => {
  expect(filesFor({})['.github/workflows/plan.yml']).toMatch(
    /^# Made by Portcullis from portcullis\.config\.ts: change/,
  );
  expect(filesFor({ settings: 'ci/settings.ts' })['.github/workflows/security.yml']).toMatch(
    /^# Made by Portcullis from ci\/settings\.ts:/,
  );
});

it('the environment that is scanned has the team’s own name', () => {
  const { '.github/workflows/security.yml': text = '' } = repositoryFiles({
    scanning: { ...scanning, environment: 'pre-live' },
  });
  expect((parse(text) as WorkflowFile).jobs['full-scan']?.environment).toBe('pre-live');
  expect(text).toContain('the variable STAGING_URL of the environment pre-live is');
});

it.each([
  [
    { tools: { packageManager: 'bun' as 'npm' } },
    "tools.packageManager: received \"bun\"; expected 'npm', 'pnpm' or 'yarn'",
  ],
  [{ tools: { command: 'a\nb' } }, 'tools.command: '],
  [{ api: { compose: 'a.yml', command: 'npm start' } }, 'api.command: received "npm start"; expected either'],
  [{ api: { compose: 'a.yml; rm -rf /' } }, 'api.compose: '],
  [{ api: { url: 'https://api.example.com' } }, 'api.url: '],
  [{ api: { url: 'http://[' } }, 'api.url: received "http://["; expected an origin on loopback'],
  [{ api: { url: 'http://localhost:99999' } }, 'api.url: '],
  [{ api: { readyPath: '/x$(id)' } }, 'api.readyPath: '],
  [{ environment: "a'; exit" }, 'environment: '],
])('%j is refused', (wrong, problem) => {
  expect(() => repositoryFiles({ scanning: { ...scanning, ...wrong } })).toThrow(problem);
});

describe('an API that a command starts', () => {
  const { start, end } = startApi({ command: "echo 'it''s up' && sleep 60", url: 'http://localhost:1' });

  it('is waited for, and fails the job at once when it ends', async () => {
    const { start: failing } = startApi({ command: 'echo no; exit 3', url: 'http://localhost:1' });
    const script = `RUNNER_TEMP=$(mktemp -d); ${failing.run ?? ''}`;
    await expect(inShell(tmpdir(), script, {})).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('the API ended before') as string,
    });
  });

  it('ends with all that it started', async () => {
    const begun = (start.run ?? '').split('\n').slice(0, 2).join('\n');
    const stop = end.at(-1)?.run ?? '';
    const script = `RUNNER_TEMP=$(mktemp -d)\n${begun}\npid=$(cat "$RUNNER_TEMP/api.pid"); sleep 1\n${stop}\nwait $pid || true; kill -0 $pid 2> /dev/null || echo ended`;
    expect(await inShell(tmpdir(), script, {})).toMatchObject({ stdout: 'ended\n' });
  });
});
