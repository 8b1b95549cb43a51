/** A folder of a stranger's, with an empty home: what they install comes from the registry alone. */
import { cp, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ManagedProcess } from '../../cli/src/engines/process/processes';
import type { Run } from '../../cli/src/engines/process/run';

export interface Outcome {
  readonly code: number | null;
  /** Standard output and standard error. */
  readonly output: string;
}

export interface Installed {
  readonly seconds: number;
  /** Of the files' contents, in 1,000,000 bytes, links not followed. */
  readonly megabytes: number;
}

export interface ConsumerOptions {
  readonly registry: string;
  /** Folder of `apps` that is copied. @default none */
  readonly app?: string;
  readonly home?: string;
  readonly variables?: NodeJS.ProcessEnv;
}

let runs = 0;

export class Consumer {
  private constructor(
    private readonly run: Run,
    readonly folder: string,
    private readonly variables: NodeJS.ProcessEnv,
  ) {}

  static async open(run: Run, { registry, app, home, variables = {} }: ConsumerOptions): Promise<Consumer> {
    runs += 1;
    const folder = await run.subfolder(`consumer-${runs}`);
    const own = join(folder, 'app');
    if (app === undefined) await mkdir(own);
    else await cp(join(__dirname, 'apps', app), own, { recursive: true });
    const manifest = join(own, 'package.json');
    await writeFile(manifest, JSON.stringify({ name: 'orders', private: true }), { flag: 'wx' }).catch(
      () => undefined,
    );
    const homeFolder = home ?? join(folder, 'home');
    if (home === undefined) await mkdir(homeFolder);
    return new Consumer(run, own, {
      PATH: [dirname(process.execPath), process.env.PATH].join(':'),
      HOME: homeFolder,
      npm_config_registry: registry,
      npm_config_update_notifier: 'false',
      ...variables,
    });
  }

  /** The same stranger, in a folder inside. */
  inside(name: string): Consumer {
    return new Consumer(this.run, join(this.folder, name), this.variables);
  }

  /** @throws Error with what the package manager said */
  async install(packages: readonly string[], manager: readonly string[] = ['npm']): Promise<Installed> {
    const started = performance.now();
    const [command = '', ...given] = manager;
    const add = command === 'npm' ? ['install', '--no-audit', '--no-fund'] : ['add'];
    const { code, output } = await this.execute(command, [...given, ...add, '--ignore-scripts', ...packages]);
    if (code !== 0) throw new Error(output);
    const seconds = (performance.now() - started) / 1_000;
    return { seconds, megabytes: (await bytesIn(join(this.folder, 'node_modules'))) / 1e6 };
  }

  node(...args: readonly string[]): Promise<Outcome> {
    return this.execute(process.execPath, args);
  }

  /** The message of the error with which a file of this folder fails to import a package. */
  async refusalOf(name: string): Promise<string> {
    await this.write('refused.cjs', `try { require('${name}') } catch (e) { console.log(e.message) }`);
    return (await this.node('refused.cjs')).output;
  }

  async execute(command: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const child = await this.start(command, args, more);
    const { code } = await child.exited;
    return { code, output: await readFile(child.log, 'utf8') };
  }

  start(command: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<ManagedProcess> {
    runs += 1;
    const env = { ...this.variables, ...more };
    return this.run.spawn({ name: `consumer-${runs}`, command, args: [...args], cwd: this.folder, env });
  }

  write(name: string, text: string): Promise<void> {
    return writeFile(join(this.folder, name), text);
  }
}

/** Of the files' contents. Links are not followed: pnpm's lead in circles. */
export async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await bytesIn(path);
    else if (entry.isFile()) bytes += (await lstat(path)).size;
  }
  return bytes;
}
