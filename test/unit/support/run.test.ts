import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHECKOUT = join(__dirname, '../../..');

let cache: string;
beforeEach(() => (cache = mkdtempSync(join(tmpdir(), 'portcullis-no-engines-'))));
afterEach(() => rmSync(cache, { recursive: true }));

const suite = (...args: string[]) =>
  spawnSync(process.execPath, ['bootstrap.mjs', ...args], {
    cwd: CHECKOUT,
    env: { ...process.env, PORTCULLIS_CACHE: cache },
    encoding: 'utf8',
  });

test.each([
  ['test', 'npm test'],
  ['test:fuzz', 'npm run test:fuzz'],
  ['test:release', 'npm run test:release'],
  ['test:api', 'npm run test:api'],
  ['test:libraries', 'npm run test:libraries'],
  ['test:examples', 'npm run test:examples'],
  ['test:packages', 'npm run test:packages'],
  ['test:tasks', 'npm run test:tasks'],
  ['test:providers', 'npm run test:providers'],
  ['test:edge', 'npm run test:edge'],
  ['test:containers', 'npm run test:containers'],
  ['test:full', 'npm run test:full'],
])('%s --help says how to use it, prepares no engine and runs nothing', (name, command) => {
  const { status, stdout, stderr } = suite(name, '--selectProjects', 'unit', '--help');
  expect(stdout).toMatch(`Usage: ${command}`);
  expect({ status, stderr, kept: readdirSync(cache) }).toEqual({ status: 0, stderr: '', kept: [] });
});

test('an option that jest does not know is refused before any engine is prepared', () => {
  const { status, stdout, stderr } = suite('test', '--selectProjects', 'unit', '--bogusflag');
  expect({ status, stdout, kept: readdirSync(cache) }).toEqual({ status: 2, stdout: '', kept: [] });
  expect(stderr).toBe(
    'npm test: Unrecognized option "bogusflag"\n  → npm test -- --help says what there is\n',
  );
});

test.each([
  ['--version', /^\d+\.\d+\.\d+\n$/],
  ['--listTests', /run\.test\.ts\n/],
])('%s is answered without engines', (flag, answer) => {
  const { status, stdout, stderr } = suite('test', flag);
  expect(stdout).toMatch(answer);
  expect({ status, stderr, kept: readdirSync(cache) }).toEqual({ status: 0, stderr: '', kept: [] });
});

test('a server that the shell names is not used, and one line says so', () => {
  const { status, stderr } = spawnSync(process.execPath, ['bootstrap.mjs', 'test', '--listTests'], {
    cwd: CHECKOUT,
    env: { ...process.env, PORTCULLIS_CACHE: cache, DATABASE_URL: 'postgres://user:canary@host' },
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr:
      'npm test: not used: DATABASE_URL, which other programs use too; tests start their servers themselves\n',
  });
});

test('a suite that there is not, and an argument that a suite does not take, are told with what there is', () => {
  expect(suite('test:none')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('test:edge') as string,
  });
  expect(suite('test:full', 'x')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('received x') as string,
  });
});

test('the command of a stranger has none of them', () => {
  expect(suite('--help').stdout).not.toMatch(/^ +test/m);
});
