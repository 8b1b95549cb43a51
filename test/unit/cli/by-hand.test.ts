import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgram, run } from '../../../cli/src/program';

let folder: string;
const path = process.env.PATH;
const print = jest.spyOn(console, 'log').mockImplementation();
const complain = jest.spyOn(console, 'error').mockImplementation();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-by-hand-'));
  process.env.PATH = folder;
  process.exitCode = undefined;
  print.mockClear();
  complain.mockClear();
});
afterEach(async () => {
  process.env.PATH = path;
  process.exitCode = undefined;
  await rm(folder, { recursive: true });
});

async function gh(script: string): Promise<void> {
  await writeFile(join(folder, 'gh'), `#!/bin/bash\n${script}\n`);
  await chmod(join(folder, 'gh'), 0o755);
}
const call = async (...args: string[]): Promise<void> => run(await createProgram(args), args);
const complained = (): string => complain.mock.calls.flat().join('\n');

it.each([
  [['deploy', '--break-glass', '--environment', 'prod', '--reason', 'logins\n  fail'], 'break-glass'],
  [['rollback', 'prod', '--reason', 'logins\n  fail'], 'rollback'],
])('%j starts the workflow of deploys on main', async (args, way) => {
  await gh(`printf '%s\\n' "$@" > ${folder}/called`);
  await call(...args);
  expect(complained()).toBe('');
  expect((await readFile(join(folder, 'called'), 'utf8')).trim().split('\n')).toEqual([
    ...['workflow', 'run', 'deploy.yml', '--ref', 'main'],
    ...['--raw-field', `way=${way}`, '--raw-field', 'environment=prod', '--raw-field', 'reason=logins fail'],
  ]);
  expect(print.mock.calls.flat().join()).toContain('somebody else has to approve it');
});

it.each([
  ['without a reason', ['rollback', 'prod'], 'no reason is given'],
  [
    'for a reason that nobody sees',
    ['deploy', '--break-glass', '--environment', 'prod', '--reason', '\u200b\u3164\u2800'],
    'no reason is given',
  ],
  [
    'without an environment',
    ['deploy', '--break-glass', '--reason', 'logins fail'],
    'no environment is named',
  ],
  ['without gh', ['rollback', 'prod', '--reason', 'logins fail'], 'gh is not on PATH'],
])('starts nothing %s, and says what to do', async (_, args, words) => {
  await call(...args);
  expect(process.exitCode).toBe(1);
  expect(complained()).toContain(words);
});

it('says what gh said when it could not start it', async () => {
  await gh('echo "HTTP 403: Resource not accessible" >&2; exit 1');
  await call('rollback', 'prod', '--reason', 'logins fail');
  expect(process.exitCode).toBe(1);
  expect(complained()).toContain('gh could not start deploy.yml: HTTP 403: Resource not accessible');
});

it('no deploy goes without digests', async () => {
  await call('deploy');
  expect(process.exitCode).toBe(2);
  expect(complained()).toContain("required option '--reviewed <digest...>' not specified");
});
