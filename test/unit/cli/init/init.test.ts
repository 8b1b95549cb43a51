/** `portcullis init` in folders of other people's APIs: what it finds, writes, shows and leaves alone. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { apply } from '../../../../cli/src/init/changes';
import { detect } from '../../../../cli/src/init/detect';
import { withPackages } from '../../../../cli/src/init/written/manifest';
import { policyNameOf } from '../../../../cli/src/init/written/policy';
import { CHECKOUT, portcullis, type Ran } from '../../../support/portcullis';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'init-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');
const manifest = (more: object): string =>
  `${JSON.stringify({ name: '@shop/orders-api', ...more }, null, 4)}\n`;

const SERVER = `const express = require('express');
const app = express();
app.get('/healthz', (_req, res) => res.send('ok'));
app.get('/orders/:id', (req, res) => res.json({ id: req.params.id }));
app.post("/orders", (req, res) => res.status(201).end());
app.get('/orders/:id', again);
app.listen(process.env.PORT || 8081);
`;
const EXPRESS = {
  'package.json': manifest({ scripts: { start: 'node server.js' }, dependencies: { express: '^5.0.0' } }),
  'server.js': SERVER,
};

const run = (...args: readonly string[]): Promise<Ran> => portcullis(args, { cwd: folder });

describe('finds', () => {
  it.each([
    [
      'express, CommonJS, npm',
      EXPRESS,
      { framework: 'express', entry: 'server.js', port: 8_081, language: 'cjs', packageManager: 'npm' },
    ],
    [
      'fastify, ES modules, pnpm',
      {
        'package.json': manifest({ type: 'module', main: 'src/app.js', dependencies: { fastify: '5' } }),
        'pnpm-lock.yaml': '',
        'src/app.js': 'app.listen({ host: "::", port: 4000 });',
      },
      { framework: 'fastify', entry: 'src/app.js', port: 4_000, language: 'esm', packageManager: 'pnpm' },
    ],
    [
      'NestJS above its Express, TypeScript, Yarn by its field',
      {
        'package.json': manifest({
          packageManager: 'yarn@4.5.0',
          dependencies: { '@nestjs/core': '11', express: '5' },
        }),
        'src/main.ts': 'await app.listen(process.env.PORT ?? 3001);',
      },
      { framework: 'nestjs', entry: 'src/main.ts', port: 3_001, language: 'ts', packageManager: 'yarn' },
    ],
  ])('%s', async (_, files, expected) => {
    await write(files);
    await expect(detect(folder, {})).resolves.toMatchObject(expected);
  });

  it('the source of what was compiled, and the lock file of a workspace', async () => {
    await write({
      'pnpm-lock.yaml': '',
      'api/package.json': manifest({ scripts: { start: 'node dist/server.js' }, dependencies: { koa: '3' } }),
      'api/dist/server.js': SERVER,
      'api/src/server.ts': 'app.listen({ port: 99999 });',
    });
    await expect(detect(join(folder, 'api'), {})).resolves.toMatchObject({
      ...{ entry: 'src/server.ts', home: 'src/', language: 'ts', packageManager: 'pnpm' },
      port: 3_000,
    });
  });

  it('what looks like a route and is none, apart', async () => {
    await write({ ...EXPRESS, 'server.js': `${SERVER}app.get('/files/*', f);\naxios.get('/a\u2028b');` });
    const { routes, skipped } = await detect(folder, {});
    expect(routes).toHaveLength(3);
    expect(skipped).toEqual([{ method: 'GET', path: '/files/*' }]);
  });

  it('each route of the entry once', async () => {
    await write(EXPRESS);
    expect((await detect(folder, {})).routes).toEqual([
      { method: 'GET', path: '/healthz' },
      { method: 'GET', path: '/orders/:id' },
      { method: 'POST', path: '/orders' },
    ]);
  });

  it('says all that is missing at once', async () => {
    await write({ 'package.json': manifest({}) });
    await expect(detect(folder, {})).rejects.toThrow(/depends on none of .*express[^]*name it by --entry/);
    await expect(detect(join(folder, 'nowhere'), {})).rejects.toThrow(/has no package.json/);
  });

  it.each([
    ['[]', /package.json: .*expected object/],
    ['{ "name": 5, "dependencies": null }', /package.json.name: [^]*package.json.dependencies: /],
    ['{ "name"', /is no JSON/],
  ])('a package.json that is none: %s', async (text, problem) => {
    await write({ 'package.json': text });
    await expect(detect(folder, {})).rejects.toThrow(problem);
  });

  it.each(['../server.js', '/etc/hosts.js', "a';evil();'.js", 'a\n.js', 'stacks.js', 'server.txt'])(
    'no entry in %j',
    async (entry) => {
      await write({ ...EXPRESS, 'server.txt': '', "a';evil();'.js": '', 'a\n.js': '', 'stacks.js/x': '' });
      await expect(detect(folder, { entry })).rejects.toThrow(/name (one inside|another) by --entry/);
    },
  );
});

it('writes nothing where the folder is no longer as it was shown', async () => {
  await write(EXPRESS);
  const { 'package.json': before } = EXPRESS;
  const paths = ['policy.js', 'package.json', 'cdktf.json'];
  const written = paths.map((path) => ({ path, content: '', ...(path in EXPRESS && { before }) }));
  await write({ 'policy.js': '// somebody else', 'package.json': manifest({ dependencies: {} }) });
  await expect(apply(folder, { written, kept: [] })).rejects.toThrow(
    /changed since it was shown: policy.js, package.json/,
  );
  expect((await readdir(folder)).sort()).toEqual(['package.json', 'policy.js', 'server.js']);
});

it.each(['', '@/', '123', '---', '@shop/' + 'ab-'.repeat(30), 'Ünïcode_api'])(
  'gives a policy a name that it can have: of %j',
  async (name) => {
    await write({ ...EXPRESS, 'package.json': manifest({ name, dependencies: { express: '5' } }) });
    const api = await detect(folder, {});
    expect(policyNameOf(api)).toMatch(/^[a-z][a-z0-9-]*[a-z0-9]$/);
  },
);

it('keeps the form of package.json', () => {
  const text = '\uFEFF{\r\n\t"name": "x",\r\n\t"dependencies": {\r\n\t\t"express": "5"\r\n\t}\r\n}';
  const added = { dependencies: { a: '1' }, devDependencies: {} };
  expect(withPackages(text, added)).toBe(
    text.slice(1).replace('\t\t"express"', '\t\t"a": "1",\r\n\t\t"express"'),
  );
});

it('shows everything with --dry-run, and writes nothing', async () => {
  await write(EXPRESS);
  const { code, stdout } = await run('init', '--dry-run');
  expect(code).toBe(0);
  expect(stdout).toContain('express, started by server.js, port 8081, npm; 3 routes found');
  expect(stdout).toContain("  +     free: { shadow: true, limits: [{ limit: 100, window: '1m' }] },");
  expect(stdout).toMatch(/changed {2}package.json\n {2}\+ dependencies: "@portcullis\/runtime": /);
  expect((await readdir(folder)).sort()).toEqual(['package.json', 'server.js']);
});

it.each([
  ['pnpm', 'pnpm-lock.yaml', 'pnpm exec'],
  ['yarn', 'yarn.lock', 'yarn run --silent'],
])('says what to type with %s', async (manager, lock, prefix) => {
  await write({ ...EXPRESS, [lock]: '' });
  const { stdout } = await run('init', '--dry-run', '--json');
  const { packageManager, steps } = JSON.parse(stdout) as { packageManager: string; steps: string[] };
  expect([packageManager, steps[0]]).toEqual([manager, `${manager} install`]);
  expect(steps.slice(-2)).toEqual([
    `${prefix} portcullis start -- node server.js`,
    `${prefix} portcullis token pro        # in another terminal, for curl`,
  ]);
});

it('writes nothing where nobody agrees', async () => {
  await write(EXPRESS);
  const { code, stderr } = await run('init');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('nothing was written') as string,
  });
  expect((await readdir(folder)).sort()).toEqual(['package.json', 'server.js']);
});

it('writes what is missing, and nothing the second time', async () => {
  await write({ ...EXPRESS, '.gitignore': 'node_modules' });
  const { code, stdout } = await run('init', '--yes', '--json');
  const { written, steps } = JSON.parse(stdout) as { written: { path: string }[]; steps: string[] };
  expect({ code, written: written.map(({ path }) => path) }).toEqual({
    code: 0,
    written: [
      ...['policy.js', 'portcullis.config.ts', 'stacks/main.ts', 'stacks/vault-stack.ts', 'cdktf.json'],
      ...['protect.js', 'package.json', '.gitignore'],
    ],
  });
  expect(steps.join('\n')).toContain('npx portcullis start -- node server.js');
  expect(await read('.gitignore')).toBe('node_modules\ncdktf.out\n.portcullis\n');
  expect(await read('server.js')).toBe(SERVER);
  const text = await read('package.json');
  expect(text).toMatch(/^\{\n {4}"name": "@shop\/orders-api",\n/);
  expect(JSON.parse(text)).toMatchObject({
    scripts: { start: 'node server.js' },
    dependencies: { express: '^5.0.0', '@portcullis/runtime': expect.stringMatching(/^\^\d/) as string },
    devDependencies: {
      '@portcullis/cli': expect.any(String) as string,
      'oidc-provider': expect.any(String) as string,
    },
  });
  const again = await run('init', '--yes');
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing is missing.') as string });
});

it('never overwrites: what is there stays, to the letter', async () => {
  const theirs = { 'policy.js': '// ours', 'cdktf.json': '{}', 'portcullis.config.mjs': '// ours too' };
  await write({ ...EXPRESS, ...theirs });
  const { stdout } = await run('init', '--yes');
  for (const [path, content] of Object.entries(theirs)) {
    expect(await read(path)).toBe(content);
    expect(stdout).toContain(`stays    ${path}`);
  }
  // Its app is theirs: none is put beside it, and nobody runs what only one of two configs says.
  expect(await readdir(join(folder, 'stacks'))).toEqual(['vault-stack.ts']);
  expect(await readdir(folder)).not.toContain('portcullis.config.ts');
  expect(stdout).toContain("the app of cdktf.json: new VaultStack(app, 'local')");
});

it.each([
  ['CommonJS', EXPRESS],
  [
    'ES modules',
    { ...EXPRESS, 'package.json': EXPRESS['package.json'].replace('{\n', '{\n    "type": "module",\n') },
  ],
  ['TypeScript', { 'package.json': manifest({ dependencies: { express: '5' } }), 'src/server.ts': SERVER }],
  [
    'an ES module in a CommonJS package',
    {
      'package.json': manifest({ type: 'commonjs', dependencies: { express: '5' } }),
      'server.mjs': SERVER,
    },
  ],
  [
    'CommonJS in a package of ES modules',
    { 'package.json': manifest({ type: 'module', dependencies: { express: '5' } }), 'src/app.cjs': SERVER },
  ],
])('what it writes for %s loads, and synthesizes', async (_, files) => {
  await write(files);
  await symlink(join(CHECKOUT, 'node_modules'), join(folder, 'node_modules'));
  expect(await run('init', '--yes')).toMatchObject({ code: 0 });
  const told = await run('token', 'pro', '-e', 'nowhere');
  expect(told.stderr).toMatch(
    /no environment "nowhere" in portcullis.config.ts \(ERR_SETTING\)\n.*name one of: local/,
  );
  const output = join(folder, 'out');
  const { app } = JSON.parse(await read('cdktf.json')) as { app: string };
  await promisify(execFile)(process.execPath, app.split(' ').slice(1), {
    cwd: folder,
    env: { ...process.env, CDKTF_OUTDIR: output, TSX_TSCONFIG_PATH: join(CHECKOUT, 'tsconfig.json') },
  });
  expect(await readdir(join(output, 'stacks'))).toEqual(['vault-local']);
});
