import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RUN_JEST = join(__dirname, '../../support/run-jest.js');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portcullis-run-jest-'));
  writeFileSync(join(folder, 'package.json'), '{}');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs one file of tests, which hold the process open, in that process itself. */
function runs(tests: string, ...args: string[]) {
  writeFileSync(join(folder, 'one.test.js'), `setInterval(() => undefined, 1_000);\n${tests}`);
  const environment = { ...process.env, CI: undefined };
  return spawnSync(process.execPath, [RUN_JEST, '--runInBand', '--no-cache', ...args], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
  });
}

test('a run whose tests leave something open ends, with 0 when they passed and 1 when one failed', () => {
  expect(runs(`test('passes', () => undefined);`).status).toBe(0);
  expect(runs(`test('fails', () => { throw new Error('as told'); });`).status).toBe(1);
});

test('a run ends with the slowest files and tests, and with what was skipped and why', () => {
  const { stdout } = runs(`
    test('is slow', () => new Promise((resolve) => setTimeout(resolve, 20)));
    test.skip('opens a page [skipped: no browser]', () => undefined);
  `);
  const end = stdout.slice(stdout.indexOf('Skipped:'));
  expect(end).toMatch(/^Skipped:\n {2}one\.test\.js: opens a page \[skipped: no browser\]\n/);
  expect(end).toMatch(
    /\nSlowest files:\n +\d+\.\d s {2}one\.test\.js\nSlowest tests:\n +0\.\d s {2}is slow\n$/,
  );
});

test('what a filter of names leaves out is not told as skipped', () => {
  const { stdout } = runs(`test('one', () => undefined); test('other', () => undefined);`, '-t', 'one');
  expect(stdout).not.toContain('Skipped:');
});

test('a run that failed ends with what failed and how, once for tests that failed alike', () => {
  const { stdout } = runs(`
    beforeAll(() => { throw new Error('the server said no'); });
    test('one', () => undefined);
    test('other', () => undefined);
    test('third', () => undefined);
  `);
  const end = stdout.slice(stdout.indexOf('Failed:'));
  expect(end).toMatch(
    /^Failed:\n {2}one\.test\.js: one, and 2 alike\n {6}Error: the server said no\n {10}at /,
  );
  expect(end.match(/the server said no/g)).toHaveLength(1);
});

test('a file that cannot be loaded is told as what failed', () => {
  const { stdout } = runs(`require('./missing');`);
  const end = stdout.slice(stdout.indexOf('Failed:'));
  expect(end).toMatch(/^Failed:\n {2}one\.test\.js: the file itself\n {6}.*Cannot find module '\.\/missing'/);
});
