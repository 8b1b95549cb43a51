/**
 * A real registry on loopback, with the packages of this checkout in it. What else it is asked for it fetches from where
 * npm does on this machine: an address that is read when it starts, and written nowhere.
 */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { choosePort, LOOPBACK } from '../../cli/src/engines/process/ports';
import type { Run } from '../../cli/src/engines/process/run';
import { until } from '../support/until';

const execute = promisify(execFile);
const CHECKOUT = join(__dirname, '../..');

/** What has an API. As npm finds them in the workspaces. */
export const PACKAGES = ['runtime', 'constructs', 'cli'] as const;

/** And what `npm run build` makes of one of them. */
export const ARCHIVES = [...PACKAGES, 'constructs-cdktn'] as const;

/** What is published: a package after those that it depends on. */
const PUBLISHED = [...ARCHIVES, 'alias', 'create'] as const;

export interface Registry {
  readonly url: string;
  /** Publishes the same packages again, as the next patch. @returns its version */
  publishNext(): Promise<string>;
  /** The archives that were published, by the name of the package without its scope. */
  readonly archives: Readonly<Record<string, string>>;
}

/** @param tools folder whose `node_modules` has verdaccio */
export async function startRegistry(run: Run, tools: string): Promise<Registry> {
  const folder = await run.subfolder('registry');
  const port = await choosePort(undefined, 'the registry');
  const url = `http://${LOOPBACK}:${port}/`;
  const ours = { access: '$all', publish: '$all' };
  const configuration = {
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'users') } },
    uplinks: { npm: { url: await npmSetting('registry'), timeout: '120s', max_fails: 100 } },
    packages: {
      '@portcullis/*': ours,
      portcullis: ours,
      'create-portcullis': ours,
      '**': { access: '$all', proxy: 'npm' },
    },
    web: { enable: false },
    log: { type: 'stdout', format: 'json', level: 'warn' },
    max_body_size: '50mb',
  };
  // JSON is YAML.
  await writeFile(join(folder, 'config.yaml'), JSON.stringify(configuration));
  await run.spawn({
    name: 'verdaccio',
    command: process.execPath,
    args: [
      join(tools, 'node_modules/verdaccio/bin/verdaccio'),
      '--config',
      join(folder, 'config.yaml'),
      '--listen',
      `${LOOPBACK}:${port}`,
    ],
    cwd: folder,
    env: { ...(await authorities()), ...process.env },
  });
  await until(async () => (await fetch(new URL('-/ping', url))).ok);
  const archives = await publish(run, url);
  return { url, archives, publishNext: () => publishNext(run, archives) };
}

async function npmSetting(name: string): Promise<string> {
  return (await execute('npm', ['config', 'get', name], { cwd: CHECKOUT })).stdout.trim();
}

/** npm's own authorities; Node takes those of the machine by this variable alone. */
async function authorities(): Promise<NodeJS.ProcessEnv> {
  const file = await npmSetting('cafile');
  return file === 'null' || file === '' ? {} : { NODE_EXTRA_CA_CERTS: file };
}

async function publishNext(run: Run, archives: Readonly<Record<string, string>>): Promise<string> {
  let next = '';
  for (const name of PACKAGES) {
    const folder = await run.subfolder(`next-${name}`);
    await execute('tar', ['-xzf', archives[name] ?? '', '-C', folder]);
    const file = join(folder, 'package/package.json');
    const text = await readFile(file, 'utf8');
    const { version = '' } = JSON.parse(text) as { version?: string };
    next = version.replace(/\d+$/, (patch) => String(Number(patch) + 1));
    // What it says of itself, and of the others.
    await writeFile(file, text.replaceAll(`"${version}"`, `"${next}"`));
    await execute('npm', ['publish', '--ignore-scripts', '--userconfig', settingsIn(run)], {
      cwd: join(folder, 'package'),
    });
  }
  return next;
}

const settingsIn = (run: Run): string => join(run.folder, 'registry', 'npmrc');

async function publish(run: Run, url: string): Promise<Record<string, string>> {
  const archives: Record<string, string> = {};
  const settings = settingsIn(run);
  // npm publishes nothing without a token; verdaccio takes any for nobody in particular.
  await writeFile(settings, `registry=${url}\n${url.replace('http:', '')}:_authToken=of-a-test\n`);
  for (const name of PUBLISHED) {
    const folder = join(run.folder, 'registry', name);
    await mkdir(folder);
    const isWorkspace = name !== 'constructs-cdktn';
    // Packed, a workspace compiles itself; that of the constructs comes first.
    if (!isWorkspace) await execute('npm', ['run', '--silent', 'build:cdktn'], { cwd: CHECKOUT });
    const what = isWorkspace ? ['--workspace', name] : ['./constructs/cdktn/dist'];
    await execute('npm', ['pack', '--silent', ...what, '--pack-destination', folder], { cwd: CHECKOUT });
    const [archive = ''] = await readdir(folder);
    archives[name] = join(folder, archive);
    await execute('npm', ['publish', archives[name], '--userconfig', settings], { cwd: folder });
  }
  return archives;
}
