/** Rules of a team's own: read from the commit that is merged into, never from the pull request; they raise grades, and lower none. */
import type { ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../../../cli/src/config/define-config';
import { readPlan } from '../../../../cli/src/plan/read-plan';
import type { Remark } from '../../../../cli/src/plan/grade';
import { askRules } from '../../../../cli/src/plan/team-rules/ask-rules';
import { defineRules, isHidden, type TeamRule } from '../../../../cli/src/plan/team-rules/define-rules';
import { findRules } from '../../../../cli/src/plan/team-rules/find-rules';
import { gitRepository } from '../../../support/git-repository';
import { isAlive } from '../../../support/is-alive';
import { CHECKOUT, portcullis, type Circumstances, type Ran } from '../../../support/portcullis';
import { until } from '../../../support/until';

let folder: string;
const { TSX_TSCONFIG_PATH } = process.env;
beforeAll(() => {
  // The process of the rules, too, has our packages by their sources.
  process.env.TSX_TSCONFIG_PATH = join(CHECKOUT, 'tsconfig.json');
});
afterAll(() => {
  if (TSX_TSCONFIG_PATH === undefined) Reflect.deleteProperty(process.env, 'TSX_TSCONFIG_PATH');
  else process.env.TSX_TSCONFIG_PATH = TSX_TSCONFIG_PATH;
});
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'team-rules-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

const { write, git, commit } = gitRepository(() => folder);

const rules = (text: string): string =>
  `import { defineRules, isHidden } from '@portcullis/cli';\nconsole.log('the rules talk');\nexport default defineRules({ ${text} });\n`;
const AT_DAWN = `'at-dawn': ({ type }) => type === 'acme_thing' ? { grade: 'danger', sentence: 'is changed at dawn only' } : undefined`;

/** A change of tags, which is a notice by itself. */
function plan(after: object = {}, sensitive: object = {}): string {
  const change = {
    actions: ['update'],
    before: { tags: { a: '1' } },
    after: { tags: { a: '2' }, ...after },
    after_unknown: { id: true },
    before_sensitive: {},
    after_sensitive: sensitive,
  };
  return JSON.stringify({
    format_version: '1.2',
    planned_values: {},
    configuration: {},
    resource_changes: [
      {
        ...{ address: 'acme_thing.it', mode: 'managed', type: 'acme_thing', change },
        provider_name: 'registry.opentofu.org/acme/acme',
      },
    ],
  });
}

const judge = (
  args: readonly string[] = [],
  input = plan(),
  circumstances: Circumstances = {},
): Promise<Ran> => portcullis(['plan', '--file', '-', ...args], { cwd: folder, input, ...circumstances });

/** What the rules of that commit find, asked as the command asks them. */
async function found(base?: string, input = plan(), at = folder): Promise<readonly Remark[]> {
  const rules = await findRules(base, at, { GITHUB_BASE_REF: '' });
  if (rules === undefined) return [];
  try {
    return [...(await askRules(rules, readPlan(input))).values()].flat();
  } finally {
    await rules.remove();
  }
}

const dawn = [{ grade: 'danger', sentence: 'is changed at dawn only (rule at-dawn)' }];
const notJudged = (reason: RegExp): object =>
  expect.objectContaining({ code: 'ERR_RULES', message: expect.stringMatching(reason) as string }) as object;

/** A repository whose main has these rules, on a branch of it. */
function repository(text: string | undefined): void {
  git('init', '--quiet', '--initial-branch', 'main');
  write('main.tf', '');
  if (text !== undefined) write('portcullis.rules.ts', text);
  commit('base');
  git('checkout', '--quiet', '-b', 'branch');
}

describe('a team’s rule', () => {
  it('raises the grade of what it is about, from a folder below, and writes nothing', async () => {
    repository(rules(AT_DAWN));
    write('infra/main.tf', '');
    commit('ours');
    const { code, stdout } = await judge([], plan(), { cwd: join(folder, 'infra') });
    expect(stdout).toContain('danger  acme_thing.it: is changed at dawn only (rule at-dawn)');
    expect(code).toBe(4);
    expect(git('status', '--porcelain')).toBe('');
  });

  it('is as docs/plans.md shows it', async () => {
    repository(readFileSync(join(CHECKOUT, 'test/synth/readme/portcullis.rules.ts'), 'utf8'));
    const input = plan({ region: 'us-east-1' }).replaceAll('acme_thing.it', 'acme_thing.orders');
    const remarks = await found(undefined, input.replace('"update"', '"delete","create"'));
    expect(remarks.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining([
        'is kept for ten years by law (rule orders-are-kept)',
        'is made outside of eu-central-1 (rule in-our-region)',
      ]),
    );
  });

  it('lowers none: what is dangerous stays so, whatever it finds', async () => {
    repository(rules(`fine: () => ({ grade: 'notice', sentence: 'is fine' })`));
    const { code, stdout } = await judge([], plan({ publicly_accessible: true }));
    expect(stdout).toMatch(/danger .*publicly_accessible[\s\S]*notice .*is fine \(rule fine\)/);
    expect(code).toBe(4);
  });

  it('gets the plan as it is, whatever another rule makes of it', async () => {
    repository(
      rules(
        `hides: ({ after }) => { after.tags = {}; }, sees: ({ after }) => after.tags.a === '2' ? { grade: 'danger', sentence: 'has tags' } : undefined`,
      ),
    );
    // In strict mode, the first would throw: then nothing is judged.
    expect([1, 4]).toContain((await judge()).code);
  });

  it('sees no secret, and shows nothing that may not be shown', async () => {
    repository(
      rules(
        `seen: ({ after }) => ({ grade: 'notice', sentence: [after.note, JSON.stringify(after.password), after.size, isHidden(after.token, 'sensitive'), isHidden(after.id, 'unknown')].join(' ') })`,
      ),
    );
    const { stdout } = await judge(
      [],
      plan(
        { note: 'a note of nine words', password: 'pa55word-pa55word', size: 7, token: 'x9' },
        { token: true },
      ),
    );
    expect(stdout).toContain('(not shown) {"hidden":"sensitive"} 7 true true (rule seen)');
    expect(stdout).not.toMatch(/note of nine|pa55word/);
  });
});

describe('is read from the base branch only', () => {
  it('the pull request changes it, or takes it away: nothing is different', async () => {
    repository(rules(AT_DAWN));
    write('portcullis.rules.ts', rules(''));
    commit('no rules any more');
    expect(await found('main')).toEqual(dawn);
    rmSync(join(folder, 'portcullis.rules.ts'));
    commit('none at all');
    expect(await found('main')).toEqual(dawn);
    git('checkout', '--quiet', 'main');
    git('merge', '--quiet', '--no-ff', '--message', 'merged', 'branch');
    expect(await found('HEAD^1')).toEqual(dawn);
    // What is merged is the base of what comes next.
    expect(await found()).toEqual([]);
  });

  it('what is not committed decides nothing', async () => {
    repository(undefined);
    write('portcullis.rules.ts', rules(AT_DAWN));
    expect(await found()).toEqual([]);
  });

  it('a file that it imports is the base’s, too', async () => {
    repository(`import { rules } from './more';\nexport default rules;\n`);
    git('checkout', '--quiet', 'main');
    write('more.ts', rules(AT_DAWN).replace('export default', 'export const rules ='));
    commit('more');
    git('checkout', '--quiet', '-b', 'other');
    write('more.ts', rules('').replace('export default', 'export const rules ='));
    commit('less');
    expect(await found('main')).toEqual(dawn);
  });

  it('packages are the command’s own, whatever the pull request installs or commits', async () => {
    repository(rules(AT_DAWN));
    const fake = 'exports.defineRules = () => ({}); exports.isHidden = () => false;';
    write('node_modules/@portcullis/cli/package.json', '{ "name": "@portcullis/cli", "main": "index.js" }');
    write('node_modules/@portcullis/cli/index.js', fake);
    write('node_modules/lodash/index.js', fake);
    commit('packages');
    expect(await found('main')).toEqual(dawn);
    git('checkout', '--quiet', '-b', 'other', 'main');
    write('portcullis.rules.ts', `import 'lodash';\n${rules(AT_DAWN)}`);
    commit('another package');
    await expect(found()).rejects.toThrow("Cannot find module 'lodash'");
  });

  it('a base that is not there is an error where there are rules, and none where nobody has any', async () => {
    repository(rules(AT_DAWN));
    const shallow = { env: { GITHUB_BASE_REF: 'gone' } };
    expect(await judge([], plan(), shallow)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /"origin\/gone" is no commit.*ERR_SETTING.*\n.*--base HEAD\^1/s,
      ) as string,
    });
    rmSync(join(folder, 'portcullis.rules.ts'));
    expect(await judge([], plan(), shallow)).toMatchObject({ code: 2 });
    expect(await judge(['--base', 'origin/gone'])).toMatchObject({ code: 1 });
  });

  it('outside of a repository there are none, and a file of them is an error', async () => {
    expect(await judge()).toMatchObject({ code: 2 });
    write('portcullis.rules.ts', rules(AT_DAWN));
    expect(await judge()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is in no git repository') as string,
    });
  });
});

it.each([
  [
    'throws',
    `broken: () => { throw new Error('no such region') }`,
    /broken, asked about acme_thing\.it: no such region/,
  ],
  ['rejects', `broken: async () => { throw new Error('late') }`, /broken, .*late/],
  ['returns true', 'broken: () => true', /broken, .*it returned a boolean/],
  [
    'has a grade of its own',
    `broken: () => ({ grade: 'bad' })`,
    /broken, .*a grade that is none of notice, unknown, danger/,
  ],
  [
    'returns null',
    'broken: () => null',
    /broken, asked about acme_thing\.it: it returned null; expected nothing/,
  ],
  ['returns a list with a hole', 'broken: () => [undefined]', /broken, .*it returned a undefined/],
  [
    'would lower a grade',
    `broken: () => ({ grade: 'routine', sentence: 'is fine' })`,
    /broken, .*a grade that is none/,
  ],
  ['says nothing', `broken: () => ({ grade: 'danger', sentence: ' ' })`, /broken, .*no sentence/],
  [
    'ends the process',
    'broken: () => process.exit(0)',
    /broken, asked about acme_thing\.it: the process ended without an answer/,
  ],
  [
    'waits for what never comes',
    'broken: () => new Promise(() => {})',
    /broken, asked about acme_thing\.it: the process ended without an answer/,
  ],
  ['has no function', 'broken: 1', /received number; expected a function/],
  ['has an odd name', `'No Rule': () => undefined`, /No Rule: received this name/],
])('a rule that %s leaves the plan not judged', async (_, text, reason) => {
  repository(rules(`${AT_DAWN}, ${text}`));
  await expect(found()).rejects.toEqual(notJudged(reason));
});

it('of a plan that is not judged nothing is written, and the rules are named', async () => {
  repository(rules(`${AT_DAWN}, broken: () => true`));
  const { code, stdout, stderr } = await judge();
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/portcullis\.rules\.ts of HEAD: broken, .*returned a boolean.*\(ERR_RULES\)/);
});

it('a rule that never ends is named, and so is what it was asked about', async () => {
  const file = join(folder, 'portcullis.rules.cjs');
  writeFileSync(file, 'exports.default = { endless: () => { for (;;); } };');
  const rules = { file, folder, name: 'portcullis.rules.cjs of main', remove: () => Promise.resolve() };
  const changes = readPlan(plan());
  await expect(askRules(rules, changes, 5_000)).rejects.toThrow(
    'endless, asked about acme_thing.it: there was no answer within 5 s',
  );
});

it('a sentence of any length is cut, what may not be shown taken out of it', async () => {
  repository(
    rules(
      `long: ({ after }) => ({ grade: 'danger', sentence: 'x'.repeat(490) + ' ' + after.note + 'y'.repeat(300000) })`,
    ),
  );
  const { code, stdout } = await judge(['--json'], plan({ note: 'a note of nine words' }));
  expect(code).toBe(4);
  expect(stdout.length).toBeLessThan(5_000);
  expect(stdout).toMatch(/x (\(not sh|\(not s)/);
  expect(stdout).not.toContain('a note');
});

it('a link of the base branch that leads out of it is not followed', async () => {
  repository(undefined);
  const outside = realpathSync(mkdtempSync(join(tmpdir(), 'outside-')));
  writeFileSync(join(outside, 'rules.ts'), rules(''));
  symlinkSync(join(outside, 'rules.ts'), join(folder, 'portcullis.rules.ts'));
  commit('a link');
  await expect(found()).rejects.toEqual(
    notJudged(/portcullis\.rules\.ts of HEAD is a link that leads out of the commit/),
  );
  rmSync(join(folder, 'portcullis.rules.ts'));
  write('portcullis.rules.ts', `import { rules } from './more/rules';\nexport default rules;\n`);
  symlinkSync(outside, join(folder, 'more'));
  commit('a link to a folder');
  const { code, stderr } = await judge();
  expect(stderr).toMatch(/Cannot find module '\.\/more\/rules'/);
  expect(stderr).not.toMatch(/\?|portcullis-base-|Require stack/);
  expect(code).toBe(1);
  rmSync(join(folder, 'more'));
  write('rules/rules.ts', rules(AT_DAWN).replace('export default', 'export const rules ='));
  symlinkSync('rules', join(folder, 'more'));
  commit('a link to a folder of its own');
  expect(await found()).toEqual(dawn);
  rmSync(outside, { recursive: true });
});

it.each(['SIGTERM', 'SIGINT'] as const)('%s while rules run leaves nothing behind', async (signal) => {
  const asked = join(folder, 'asked');
  repository(
    rules(
      `endless: () => { require('node:fs').writeFileSync(${JSON.stringify(asked)}, String(process.pid)); for (;;); }`,
    ),
  );
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  const ended = judge([], plan(), {
    env: { TMPDIR: temporary },
    onStart: (child) => void signalAt(child, signal, asked),
  });
  expect((await ended).code).toBe(signal === 'SIGTERM' ? 143 : 130);
  expect(readdirSync(temporary).filter((name) => name.startsWith('portcullis-'))).toEqual([]);
  await until(() => !isAlive(Number(readFileSync(asked, 'utf8'))));
});

async function signalAt(child: ChildProcess, signal: NodeJS.Signals, asked: string): Promise<void> {
  await until(() => existsSync(asked) && readFileSync(asked, 'utf8') !== '');
  child.kill(signal);
}

it.each([
  ['no default export', 'export const rules = {};', /received|expected defineRules/],
  ['no TypeScript', 'export default {{{', /is not judged/],
  ['an import of nothing', `import './gone';\nexport default {};`, /Cannot find module/],
])('%s leaves the plan not judged', async (_, text, reason) => {
  repository(text);
  await expect(found()).rejects.toEqual(notJudged(reason));
});

it('defineRules() names every problem', () => {
  const wrong = { Odd: (): undefined => undefined, fine: 1 as unknown as TeamRule };
  expect(() => defineRules(wrong)).toThrow(ConfigError);
  expect(() => defineRules(wrong)).toThrow(/Odd: [\s\S]*fine: received number/);
  expect(isHidden({ hidden: 'unknown' })).toBe(true);
  expect(isHidden('(sensitive)')).toBe(false);
  expect(isHidden({ hidden: 'behind a tree' })).toBe(false);
});
