/** bootstrap.mjs, in a project of two packages that have install scripts: what it installs. By the real npm. */
import { execFile } from 'node:child_process';
import { access, copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CHECKOUT = join(__dirname, '../..');
const PACKAGES = ['scripted', 'tsx'] as const;

let folders: string;
beforeAll(async () => {
  folders = await mkdtemp(join(tmpdir(), 'portcullis-install-'));
  await fresh(join(folders, 'fresh'));
});
afterAll(() => rm(folders, { recursive: true }));

/** A checkout with a lock file and no packages yet. Each has a script that leaves a file behind. */
async function fresh(folder: string): Promise<void> {
  await mkdir(folder);
  await Promise.all(PACKAGES.map((name) => pack(folder, name)));
  const dependencies = Object.fromEntries(PACKAGES.map((name) => [name, `file:${name}-1.0.0.tgz`]));
  await writeJson(join(folder, 'package.json'), { name: 'checkout', private: true, dependencies });
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
  it.each([
    ['plan', 'cli/src/main.ts\n'],
    ['start', 'cli/src/main.ts\n'],
    ['test:fuzz', 'test/run.ts\n'],
  ])('installs them, and runs no script of theirs: %s', async (command, started) => {
    const folder = await checkout(command.replace(':', '-'));
    const { stdout, stderr } = await bootstrap(folder, command);
    expect(stdout).toBe(started);
    expect(stderr).toContain('Installing packages');
    expect(await ran(folder)).toEqual([]);
    expect((await bootstrap(folder, command)).stderr).toBe('');
  });

  it('installs nothing again after npm ci', async () => {
    const folder = await checkout('installed');
    await npm(folder, 'ci', '--ignore-scripts');
    expect((await bootstrap(folder, 'plan')).stderr).toBe('');
    // As npm alone would have it.
    await npm(folder, 'ci');
    expect(await ran(folder)).toEqual(PACKAGES);
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

it('a package of ours with an install script is known to go without it', async () => {
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(CHECKOUT, name), 'utf8'));
  const { packages } = (await read('package-lock.json')) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  const { allowScripts } = (await read('package.json')) as { allowScripts: Record<string, boolean> };
  const withScript = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
  // Before you add one here, see that everything runs without its script.
  expect(allowScripts).toEqual(Object.fromEntries(withScript.map((name) => [name, false])));
});
