/** The packages as they are published, in a folder of a team that has Vault alone: no provider of AWS or GitHub. By the real npm. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { devDependencies } from '../../../package.json';

const CHECKOUT = join(__dirname, '../../..');
const TSC = join(dirname(require.resolve('tsc/package.json')), 'bin', 'tsc');

const APP = `
import { AppRoleLogin, KvMount, WrappedSecretIdMinter } from '@portcullis/constructs';
import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import { App, TerraformStack } from 'cdktf';

const app = new App({ outdir: 'out' });
const stack = new TerraformStack(app, 'vault');
new VaultProvider(stack, 'provider', {});
const login = new AppRoleLogin(stack, 'login', { name: 'orders' });
new WrappedSecretIdMinter(stack, 'minter', { login });
new KvMount(stack, 'secret').grantRead(login, 'orders/limits');
app.synth();
console.log(JSON.stringify(Object.keys(require.cache)));
`;

const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    module: 'node16',
    moduleResolution: 'node16',
    strict: true,
    outDir: '.',
    types: ['node'],
  },
  files: ['app.ts'],
};

const run = (folder: string, command: string, ...args: string[]) =>
  promisify(execFile)(command, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-packages-'));
  const packing = ['--workspace', 'runtime', '--workspace', 'constructs', '--pack-destination', folder];
  await run(CHECKOUT, 'npm', 'pack', '--silent', ...packing);
  const packed = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  const dependencies = {
    ...Object.fromEntries(
      packed.map((name) => [`@${name.replace(/-\d.*$/, '').replace('-', '/')}`, `file:${name}`]),
    ),
    ...versionsOf('cdktf', 'constructs', '@cdktf/provider-vault', 'express', '@types/node'),
  };
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'orders', private: true, dependencies }),
  );
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  await writeFile(join(folder, 'app.ts'), APP);
  await run(folder, 'npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline');
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

function versionsOf(...names: readonly (keyof typeof devDependencies)[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, devDependencies[name]]));
}

it('installs no provider but that of Vault', async () => {
  expect(await readdir(join(folder, 'node_modules/@cdktf'))).toEqual(['provider-vault']);
});

it('compiles, with the types of the packages checked, and synthesizes; no other provider is asked for', async () => {
  const { stdout: complaints } = await run(folder, process.execPath, TSC).catch(
    (error: unknown) => error as { readonly stdout: string },
  );
  // What libraries of others say about themselves is theirs.
  expect(complaints.split('\n').filter((line) => /portcullis|provider-|^app\.ts/.test(line))).toEqual([]);
  const { stdout } = await run(folder, process.execPath, 'app.js');
  const loaded = JSON.parse(stdout) as string[];
  expect(loaded.some((file) => file.includes('@portcullis/constructs'))).toBe(true);
  expect(loaded.filter((file) => /provider-(aws|github)/.test(file))).toEqual([]);
});

it('says which package is missing where the constructs of AWS are asked for', async () => {
  const asked = run(folder, process.execPath, '-e', "require('@portcullis/constructs/aws')");
  await expect(asked).rejects.toThrow(
    /@cdktf\/provider-aws is not installed; expected \^21\.0\.0\s+→ npm install/,
  );
});
