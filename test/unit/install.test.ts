/** bootstrap.mjs, in a project of three packages: what it installs, and whose scripts it runs. By the real npm. */
import { execFile } from 'node:child_process';
import { access, copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CHECKOUT = join(__dirname, '../..');
const PACKAGES = ['listed', 'unlisted', 'tsx'] as const;

let folders: string;
beforeAll(async () => {
  folders = await mkdtemp(join(tmpdir(), 'portcullis-install-'));
  await fresh(join(folders, 'fresh'));
});
afterAll(() => rm(folders, { recursive: true }));

/** A checkout with a lock file and no packages yet. `listed` and `unlisted` have a script that leaves a file behind. */
async function fresh(folder: string): Promise<void> {
  await mkdir(folder);
  await Promise.all(PACKAGES.map((name) => pack(folder, name)));
  const dependencies = Object.fromEntries(PACKAGES.map((name) => [name, `file:${name}-1.0.0.tgz`]));
  const allowScripts = { listed: true, 'of-another-platform': true, unlisted: false };
  const manifest = { name: 'checkout', private: true, dependencies, allowScripts };
  await writeJson(join(folder, 'package.json'), manifest);
  await npm(folder, 'install', '--package-lock-only');
  await copyFile(join(CHECKOUT, 'bootstrap.mjs'), join(folder, 'bootstrap.mjs'));
  for (const file of ['cli/src/main.ts', 'test/run.ts']) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, file), `console.log(${JSON.stringify(file)});`);
  }
}

async function checkout(name: string): Promise<string> {
  const folder = join(folders, name);
  await cp(join(folders, 'fresh'), folder, { recursive: true });
  return folder;
}

async function pack(folder: string, name: string): Promise<void> {
  const source = join(folder, name);
  await mkdir(join(source, 'cjs'), { recursive: true });
  await mkdir(join(source, 'esm'));
  const postinstall = `node -e "require('fs').writeFileSync('ran', '')"`;
  // What bootstrap.mjs asks of tsx: nothing is compiled here.
  const exports = { './cjs/api': './cjs/api.js', './esm/api': './esm/api.js' };
  await writeJson(join(source, 'package.json'), {
    name,
    version: '1.0.0',
    exports,
    scripts: { postinstall },
  });
  await writeFile(join(source, 'cjs/api.js'), 'exports.register = () => {};');
  await writeFile(join(source, 'esm/api.js'), 'exports.register = () => {};');
  await npm(source, 'pack', '--ignore-scripts', '--pack-destination', folder);
  await rm(source, { recursive: true });
}

const npm = (folder: string, ...args: string[]) =>
  promisify(execFile)('npm', [...args, '--no-audit', '--no-fund'], { cwd: folder });

const bootstrap = (folder: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, ['bootstrap.mjs', ...args], { cwd: folder });

const writeJson = (file: string, content: object): Promise<void> => writeFile(file, JSON.stringify(content));

/** Packages of the checkout whose script has run. */
async function ran(folder: string): Promise<string[]> {
  const found = await Promise.all(
    PACKAGES.map((name) =>
      access(join(folder, 'node_modules', name, 'ran')).then(
        () => [name],
        () => [],
      ),
    ),
  );
  return found.flat();
}

describe('a command of a checkout without packages', () => {
  it('installs them without a single script where it only plans or deploys', async () => {
    const folder = await checkout('plans');
    const { stdout, stderr } = await bootstrap(folder, 'plan', 'vault-dev');
    expect(stdout).toBe('cli/src/main.ts\n');
    expect(stderr).toContain('Installing packages');
    expect(await ran(folder)).toEqual([]);
  });

  it.each([
    ['start', 'cli/src/main.ts\n'],
    ['test:fuzz', 'test/run.ts\n'],
  ])('runs the listed scripts, and no other, where it starts engines: %s', async (command, started) => {
    const folder = await checkout(command.replace(':', '-'));
    const { stdout } = await bootstrap(folder, command);
    expect(stdout).toBe(started);
    expect(await ran(folder)).toEqual(['listed']);

    // Once is enough.
    await rm(join(folder, 'node_modules/listed/ran'));
    expect((await bootstrap(folder, command)).stderr).toBe('');
    expect(await ran(folder)).toEqual([]);
  });

  it('installs nothing again after npm ci, and still runs what is listed before engines start', async () => {
    const folder = await checkout('installed');
    await npm(folder, 'ci', '--ignore-scripts');
    expect((await bootstrap(folder, 'plan')).stderr).toBe('');
    expect(await ran(folder)).toEqual([]);
    expect((await bootstrap(folder, 'start')).stderr).not.toContain('Installing');
    expect(await ran(folder)).toEqual(['listed']);
  });

  it('installs again when the lock file has another package than what is there', async () => {
    const folder = await checkout('older');
    await npm(folder, 'ci', '--ignore-scripts');
    const noted = join(folder, 'node_modules/.package-lock.json');
    const before = await readFile(noted, 'utf8');
    await writeFile(noted, before.replace(/sha512-\w{8}/, 'sha512-00000000'));
    expect((await bootstrap(folder, 'plan')).stderr).toContain('Installing packages');
    expect(await readFile(noted, 'utf8')).toBe(before);
  });
});

it('a package of ours with an install script is one that package.json lists, as one that runs it or not', async () => {
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(CHECKOUT, name), 'utf8'));
  const { packages } = (await read('package-lock.json')) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  const { allowScripts } = (await read('package.json')) as { allowScripts: Record<string, boolean> };
  const withScript = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
  expect(Object.keys(allowScripts).sort()).toEqual([...new Set(withScript)].sort());
});
