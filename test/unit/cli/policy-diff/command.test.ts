/** The command in a repository of somebody else's: which version it compares with, and what it says. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitRepository } from '../../../support/git-repository';
import { portcullis, type Ran } from '../../../support/portcullis';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'policy-diff-')));
  git('init', '--quiet', '--initial-branch', 'main');
  write('.gitignore', 'node_modules\n');
  write('portcullis.config.ts', CONFIG);
  write('policy.ts', policyWith("scopes: ['read:orders']"));
  commit('base');
});
afterEach(() => rmSync(folder, { recursive: true }));

const CONFIG = `import { defineConfig } from '@portcullis/cli';
import { policy } from './policy';
console.log('the config talks');
export default defineConfig({ policy, environments: { live: {} } });\n`;

const policyWith = (scopes: string): string => `import { definePolicy } from '@portcullis/runtime/policy';
export const policy = definePolicy({
  name: 'orders', issuer: 'https://auth.example.com', audience: 'https://api.example.com',
  tiers: { basic: [{ limit: 10, window: '1m' }] }, defaultTier: 'basic',
  routes: [{ method: 'GET', path: '/orders', ${scopes} }],
});\n`;

const { write, git, commit } = gitRepository(() => folder);

const policyDiff = (...args: string[]): Promise<Ran> => portcullis(['policy-diff', ...args], { cwd: folder });

it('compares what is there with what is committed, and writes nothing into the repository', async () => {
  expect(await policyDiff()).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('every request is decided as before') as string,
  });
  write('policy.ts', policyWith('scopes: []'));
  const before = git('status', '--porcelain');
  const { code, stdout } = await policyDiff(
    '--json',
    '--markdown',
    'comment.md',
    '--sarif',
    'found.sarif',
    '--outputs',
    'outputs',
  );
  expect(code).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({
    policy: 'orders',
    grade: 'danger',
    changes: [
      {
        direction: 'widening',
        aspect: 'access',
        witness: { path: '/orders', was: 'insufficient_scope', will: 'let in' },
      },
    ],
  });
  const written = ['comment.md', 'found.sarif', 'outputs'].map((name) =>
    readFileSync(join(folder, name), 'utf8'),
  );
  expect(written).toEqual([
    expect.stringMatching(/^<!-- portcullis-policy-diff orders -->\n### 🔴/u),
    expect.stringContaining('"ruleId":"policy-diff/widening-access"'),
    'grade=danger\n',
  ]);
  for (const name of ['comment.md', 'found.sarif', 'outputs']) rmSync(join(folder, name));
  expect(git('status', '--porcelain')).toBe(before);
});

it('compares with the commit that the branch left the base at: what others merged is no change of its own', async () => {
  git('checkout', '--quiet', '-b', 'branch');
  write('other.txt', 'ours');
  commit('ours');
  git('checkout', '--quiet', 'main');
  write('policy.ts', policyWith("scopes: ['read:orders', 'more']"));
  commit('theirs');
  git('checkout', '--quiet', 'branch');
  expect(await policyDiff('--base', 'main')).toMatchObject({ code: 0 });
  // Merged, as GitHub checks a pull request out, the same holds.
  git('merge', '--quiet', '--no-edit', 'main');
  expect(await policyDiff('--base', 'main')).toMatchObject({ code: 0 });
});

it('reads the policy of a workspace package as it was in the base', async () => {
  write('packages/policy/package.json', '{"name":"@acme/policy","main":"index.ts"}');
  write('packages/policy/index.ts', policyWith("scopes: ['read:orders']"));
  write('portcullis.config.ts', CONFIG.replace('./policy', '@acme/policy'));
  commit('a package');
  mkdirSync(join(folder, 'node_modules/@acme'), { recursive: true });
  symlinkSync('../../packages/policy', join(folder, 'node_modules/@acme/policy'));
  write('packages/policy/index.ts', policyWith('public: true'));
  expect(await policyDiff()).toMatchObject({
    code: 4,
    stdout: expect.stringContaining('becomes public') as string,
  });
});

it('takes a base without a config for one that lists nothing', async () => {
  git('rm', '--quiet', '--cached', 'portcullis.config.ts');
  git('commit', '--quiet', '--amend', '--message', 'before Portcullis');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'with it');
  expect(await policyDiff('--base', 'HEAD^1')).toMatchObject({
    code: 2,
    stdout: expect.stringMatching(
      /new, asks for read:orders[^]*which has no portcullis.config.ts: 1 widening/,
    ) as string,
  });
});

it('compares with another checkout', async () => {
  write('before/policy.ts', policyWith('public: true'));
  write('before/portcullis.config.ts', CONFIG);
  expect(await policyDiff('--from', 'before/portcullis.config.ts')).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('is no longer public') as string,
  });
});

it.each<[string, () => void, string[], RegExp]>([
  ['a base that is none', () => undefined, ['--base', 'nowhere'], /"nowhere" is no commit .*ERR_SETTING/s],
  ['an option for a base', () => undefined, ['--base=--upload-pack=x'], /is no commit .*ERR_SETTING/s],
  ['two bases', () => undefined, ['--base', 'HEAD', '--from', 'x'], /both --base and --from.*ERR_SETTING/s],
  [
    'no config',
    () => rmSync(join(folder, 'portcullis.config.ts')),
    [],
    /no portcullis.config.ts.*ERR_CONFIG_MISSING/s,
  ],
  [
    'a policy that is wrong',
    () => write('policy.ts', policyWith("scopes: ['a b']")),
    [],
    /the policy cannot be read: .*scopes.*ERR_CONFIG/s,
  ],
  [
    'a config that ends the process',
    () => write('policy.ts', 'process.exit(0);'),
    [],
    /ended without saying it.*ERR_CONFIG/s,
  ],
])('%s: exit code 1, and what to do', async (_, arrange, args, said) => {
  arrange();
  const { code, stdout, stderr } = await policyDiff(...args);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(said);
  expect(stderr).not.toContain('    at ');
});
