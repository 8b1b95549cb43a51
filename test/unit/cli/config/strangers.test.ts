/** The command in folders that are not ours: what it reads there, and that it leaves nothing behind. */
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKOUT, portcullis, type Ran } from '../../../support/portcullis';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'stranger-')));
});
afterEach(() => rm(folder, { recursive: true }));

const called = (args: readonly string[], cwd = folder, home = process.env.HOME): Promise<Ran> =>
  portcullis(args, { cwd, env: { HOME: home } });

const write = (files: Readonly<Record<string, string>>): Promise<unknown> =>
  Promise.all(Object.entries(files).map(([path, content]) => writeFile(join(folder, path), content)));

const POLICY = `import { definePolicy } from '@portcullis/runtime/policy';
export const policy = definePolicy({
  name: 'orders', issuer: 'https://auth.example.com', audience: 'https://api.example.com',
  tiers: { basic: [{ limit: 10, window: '1m' }] }, defaultTier: 'basic',
  routes: [{ method: 'GET', path: '/orders' }],
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
});\n`;
const config = (more = ''): string => `import { defineConfig } from '@portcullis/cli';
import { policy } from './policy';
export default defineConfig({ policy, environments: { live: {} }, ${more} });\n`;

it.each([
  [['limits', 'show', 'acme'], 1],
  [['limits', 'top'], 1],
  [['limits', 'set', 'acme', '5/1m', '--until', 'never', '--reason', 'import'], 1],
  [['revoke', '--subject', 'ada', '--reason', 'ticket 4711'], 1],
  [['identity', 'plan', '-e', 'live'], 1],
  [['whois', 'vault:v1:AAAA', '--reason', 'ticket 4711'], 1],
  [['workflows'], 1],
  [['plan'], 1],
  [['lock'], 1],
  [['deploy', '--reviewed', `vault-live:${'0'.repeat(64)}`], 1],
])('%j without a config says what to write, and writes nothing', async (args, code) => {
  await write({ 'package.json': '{}' });
  await mkdir(join(folder, 'node_modules/theirs'), { recursive: true });
  const outcome = await called(args);
  expect(outcome).toMatchObject({ code, stdout: '' });
  expect(outcome.stderr).toContain('portcullis.config.ts');
  expect(outcome.stderr).toContain('export default defineConfig({');
  expect(outcome.stderr).toContain('(ERR_CONFIG_MISSING)');
  expect((await readdir(folder)).sort()).toEqual(['node_modules', 'package.json']);
  expect(await readdir(join(folder, 'node_modules'))).toEqual(['theirs']);
});

it('doctor says of a cdktf app without a config what works there, and writes nothing', async () => {
  await write({ 'cdktf.json': JSON.stringify({ app: 'cp -R app/. "$CDKTF_OUTDIR"' }) });
  await mkdir(join(folder, 'app/stacks/vault'), { recursive: true });
  await write({ 'app/manifest.json': '{ "stacks": { "vault": {} } }', 'app/stacks/vault/cdk.tf.json': '{}' });
  const { stdout, stderr } = await called(['doctor', '--json']);
  const { findings } = JSON.parse(stdout) as { findings: { part: string; state: string; found: string }[] };
  const ofConfig = findings.filter(({ part }) => part === 'config').map(({ state, found }) => [state, found]);
  expect({ stderr, ofConfig }).toEqual({
    stderr: '',
    ofConfig: [
      ['right', 'a cdktf.json and no portcullis.config.ts: plan, deploy and lock work with that'],
      ['right', '1 stack, providers pinned where the state is shared'],
    ],
  });
  expect((await readdir(folder)).sort()).toEqual(['app', 'cdktf.json']);
});

it('reads the config above the folder that it is called in, and writes beside that config alone', async () => {
  await write({
    'policy.ts': POLICY,
    'portcullis.config.ts': config("repository: { codeOwners: ['@example/platform'] }"),
  });
  await mkdir(join(folder, 'src/deep'), { recursive: true });
  const checked = await called(['workflows', '--check'], join(folder, 'src/deep'));
  expect(checked).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('not as described: .github/CODEOWNERS') as string,
  });
  expect((await readdir(folder)).sort()).toEqual(['policy.ts', 'portcullis.config.ts', 'src']);
  const written = await called(['workflows', '--json'], join(folder, 'src/deep'));
  expect(written).toMatchObject({ code: 0, stdout: '{"written":[".github/CODEOWNERS"]}\n', stderr: '' });
  expect((await readdir(folder)).sort()).toEqual(['.github', 'policy.ts', 'portcullis.config.ts', 'src']);
  expect(await readdir(join(folder, 'src/deep'))).toEqual([]);
});

it('reads the file that --config names, in JavaScript as well', async () => {
  await write({
    'policy.ts': POLICY,
    'other.cjs':
      "module.exports = { default: { policy: require('./policy').policy, environments: { live: {} } } };",
  });
  const { code, stderr } = await called(['identity', 'plan', '-e', 'live', '--config', 'other.cjs']);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining('no environment of portcullis.config.ts has a realm') as string,
  });
});

it('reads a config of a package of ES modules', async () => {
  await symlink(join(CHECKOUT, 'node_modules'), join(folder, 'node_modules'));
  await write({
    'package.json': '{ "type": "module" }',
    'policy.ts': POLICY,
    'portcullis.config.ts': config("repository: async () => (await import('./owners')).settings"),
    'owners.ts': "export const settings = { codeOwners: ['@example/platform'] };",
  });
  expect(await called(['workflows', '--check', '--json'])).toEqual({
    ...{ code: 1, stderr: '', stdout: '{"stale":[".github/CODEOWNERS"]}\n' },
  });
});

it('needs no home: nobody, root included, can write below a file', async () => {
  await write({
    'policy.ts': POLICY,
    'portcullis.config.ts': config("repository: { codeOwners: ['@a/b'] }"),
  });
  const { code, stdout, stderr } = await called(['workflows'], folder, join(folder, 'policy.ts/home'));
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'written: .github/CODEOWNERS\n', stderr: '' });
});

it('tells six mistakes of a config in one message, each with what is expected', async () => {
  await write({
    'policy.ts': POLICY,
    'portcullis.config.ts': `import { policy } from './policy';
export default {
  project: 'Our Orders',
  policy,
  app: 7,
  environments: {
    Live: {},
    live: { vaultAddress: 'http://vault.example.com', region: 'eu-central-1' },
  },
  repository: 'github',
};\n`,
  });
  expect(await called(['limits', 'top'])).toEqual({
    code: 1,
    stdout: '',
    stderr: `portcullis limits top: portcullis.config.ts has 6 problems
  project: received "Our Orders"; expected a name such as "orders": lower-case letters, digits, hyphens
  app: received 7; expected a command such as "node --require tsx/cjs stacks/main.ts"
  environments.live.vaultAddress: received "http://vault.example.com"; expected an https URL such as "https://vault.staging.example.com" (http only on loopback)
  environments.live: received "region", which is unknown here; known are stacks, vaultAddress, issuer, redis, realm, protected, verify
  environments.Live: received "Live"; expected a name such as "staging" or "team-a": lower-case letters, digits, hyphens
  repository: received "github"; expected { delivery, scanning, codeOwners }, or a function that returns it
(ERR_CONFIG)
`,
  });
});

describe('what is wrong in the team’s own file is told as that', () => {
  it.each([
    ['a mistake of syntax', 'export default {{', 'portcullis.config.ts cannot be loaded: '],
    [
      'what it throws',
      "throw new Error('no such thing');",
      'portcullis.config.ts cannot be loaded: no such thing (portcullis.config.ts:1:7)',
    ],
    [
      'a package that is missing',
      "import 'not-there';",
      'install it where the config is: npm install --save-dev not-there',
    ],
    ['no default export', 'export const a = 1;', 'default: received no default export'],
    ['values', 'export default { environments: { Live: {} } };', 'environments.Live: received "Live"'],
  ])('%s', async (_, content, told) => {
    await write({ 'portcullis.config.ts': content });
    const { code, stdout, stderr } = await called(['limits', 'top']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(told);
    expect(stderr).toContain('(ERR_CONFIG)');
    expect(stderr).not.toMatch(/node_modules|at .*\.ts:\d+:\d+\n/);
  });
});
