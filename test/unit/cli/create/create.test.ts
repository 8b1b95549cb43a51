/** `portcullis create`: a folder that works, or none; whatever it is called, and whatever is there. */
import { execFile } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import ts from 'typescript';
import { ciWorkflow } from '../../../../cli/src/create/ci-workflow';
import { writeFolder } from '../../../../cli/src/create/write-folder';
import { asks } from '../../../../cli/src/terminal/question';
import { ACTIONS } from '../../../../constructs/src/github/workflow/actions';
import { CHECKOUT, portcullis, type Ran } from '../../../support/portcullis';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'create-'));
});
afterEach(() => rm(folder, { recursive: true }));

const create = (...args: readonly string[]): Promise<Ran> => portcullis(['create', ...args], { cwd: folder });

const inCheckout = { ...process.env, TSX_TSCONFIG_PATH: join(CHECKOUT, 'tsconfig.json') };

/** Another program than the command, in a folder that was written. */
const node = (args: readonly string[], cwd = folder, env = inCheckout): Promise<Omit<Ran, 'stderr'>> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd, env }, (_error, stdout) =>
      resolve({ code: child.exitCode, stdout }),
    );
  });

/** Its configuration of TypeScript, with our packages as their sources: a fresh clone has compiled none. */
async function fromSources(own: string): Promise<string> {
  const file = join(CHECKOUT, 'tsconfig.json');
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: { paths: Record<string, string[]> } };
  };
  const paths = Object.entries(config.compilerOptions.paths).map(([name, places]) => [
    name,
    places.map((place) => join(CHECKOUT, place)),
  ]);
  const path = join(own, 'tsconfig.sources.json');
  const options = { compilerOptions: { paths: Object.fromEntries(paths) as unknown } };
  await writeFile(path, JSON.stringify({ extends: './tsconfig.json', ...options }));
  return path;
}

it('writes an API whose types are right, whose test passes and whose stacks synthesize', async () => {
  const owners = ['--code-owners', '@example/platform'];
  const { code, stdout } = await create('orders-api', '--port', '4000', '--json', ...owners);
  const { written, steps } = JSON.parse(stdout) as { written: string[]; steps: string[] };
  expect({ code, steps: steps.slice(0, 3) }).toEqual({
    code: 0,
    steps: ['cd orders-api', 'npm install', 'npm start'],
  });
  const own = join(folder, 'orders-api');
  expect(await readdir(folder)).toEqual(['orders-api']);
  for (const path of written) expect((await lstat(join(own, path))).size).toBeGreaterThan(0);
  expect(written).toEqual(expect.arrayContaining(['policy.ts', 'README.md', '.github/CODEOWNERS']));
  expect(await readFile(join(own, 'server.ts'), 'utf8')).toContain('process.env.PORT ?? 4000');

  await symlink(join(CHECKOUT, 'node_modules'), join(own, 'node_modules'));
  const config = await fromSources(own);
  const types = await node(
    [join(CHECKOUT, 'node_modules/.bin/tsc'), '--noEmit', '-p', config, '--listFiles'],
    own,
  );
  const said = types.stdout.split('\n').filter((line) => !/^(\.\.\/|\s|$)/.test(line));
  // Our sources have options of their own: what is said of them under these is left out.
  expect(said.filter((line) => line.includes('error TS'))).toEqual([]);
  for (const path of written.filter((one) => one.endsWith('.ts'))) expect(said).toContain(join(own, path));
  const tests = await node(['--import', 'tsx', '--test', '--test-reporter=tap', 'test/app.test.ts'], own);
  expect(tests).toMatchObject({ code: 0, stdout: expect.stringMatching(/^# pass 3$/m) as string });
  const { app } = JSON.parse(await readFile(join(own, 'cdktf.json'), 'utf8')) as { app: string };
  const env = { ...inCheckout, CDKTF_OUTDIR: join(folder, 'out') };
  expect(await node(app.split(' ').slice(1), own, env)).toMatchObject({ code: 0 });
  expect(await readdir(join(folder, 'out/stacks'))).toEqual(['vault-local']);
  expect(await portcullis(['workflows', '--check', '--json'], { cwd: own })).toMatchObject({
    code: 0,
    stdout: '{"stale":[]}\n',
  });
});

it.each([
  ['a file', (path: string) => writeFile(path, 'theirs')],
  [
    'a folder with a hidden file',
    (path: string) => mkdir(path).then(() => writeFile(join(path, '.env'), '')),
  ],
])('writes nothing where there is %s', async (_, make) => {
  await make(join(folder, 'taken'));
  const { code, stderr } = await create('taken', '--yes');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining('is there, and is no empty folder (ERR_SETTING)') as string,
  });
  expect(await readdir(folder)).toEqual(['taken']);
});

it('touches nothing of what appears while it writes, and leaves nothing beside it', async () => {
  const target = join(folder, 'taken');
  await mkdir(target);
  await writeFile(join(target, 'theirs'), 'theirs');
  await expect(writeFolder(target, { 'a/b': 'ours' })).rejects.toThrow(/is no empty folder/);
  expect([await readdir(folder), await readdir(target)]).toEqual([['taken'], ['theirs']]);
});

it('does not replace the folder that it runs in', async () => {
  const here = join(folder, 'here');
  await mkdir(here);
  const { code, stderr } = await portcullis(['create', '.', '--yes'], { cwd: here });
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('run it in the folder above') as string,
  });
  expect(await readdir(here)).toEqual([]);
});

it('fills an empty folder', async () => {
  const target = join(folder, 'empty');
  await mkdir(target);
  await writeFolder(target, { 'a/b': 'ours' });
  expect(await readFile(join(target, 'a/b'), 'utf8')).toBe('ours');
});

/** In one process, since each start costs a second. */
it('refuses names that a package, a policy or a terminal cannot have, and writes nothing', async () => {
  const names = [
    ...[
      'Orders',
      '-rf',
      'orders api',
      '1st',
      "a';evil()",
      'a\nb',
      'a$(id)',
      '__proto__',
      'node_modules',
      'a-',
    ],
    ...['/', 'x'.repeat(41), 'ördérs', 'a\u202eb', 'a/\u001b[2J/b', 'express', 'redis'],
  ];
  const script = `const { newApi } = require(${JSON.stringify(join(CHECKOUT, 'cli/src/create/new-api.ts'))});
for (const name of JSON.parse(process.argv[1])) {
  try { newApi(name, 3000); console.log('taken', name); } catch (error) { console.log(error.code); }
}
newApi('orders-api', 3000);`;
  const { code, stdout } = await node([
    '--require',
    require.resolve('tsx/cjs'),
    '-e',
    script,
    JSON.stringify(names),
  ]);
  expect({ code, lines: stdout.trim().split('\n') }).toEqual({
    code: 0,
    lines: names.map(() => 'ERR_SETTING'),
  });
  expect(await create('--yes', '--', '-rf')).toMatchObject({ code: 1 });
  expect(await readdir(folder)).toEqual([]);
});

it('asks for what no flag says, takes defaults, and has no answer where the input ends', async () => {
  const questions = [
    { name: 'folder', question: 'Folder', byDefault: 'orders-api' },
    { name: 'port', question: 'Port', byDefault: '3000' },
  ];
  const ask = (typed: string): Promise<unknown> => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    input.end(typed);
    return asks({ input, output }, questions);
  };
  expect(await ask('shop-api\n\n')).toEqual({ folder: 'shop-api', port: '3000' });
  expect(await ask('shop-api\n')).toBeUndefined();
});

it('pins the actions that the other workflows pin', () => {
  const used = [...ciWorkflow.matchAll(/uses: (\S+) # (\S+)/g)].map(([, uses, version]) => ({
    uses,
    version,
  }));
  const { hardenRunner, checkout, setupNode } = ACTIONS;
  expect(used).toEqual([hardenRunner, checkout, setupNode]);
});
