import { build } from 'esbuild';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../../cli/src/engines/process/run';
import type { ManagedProcess } from '../../cli/src/engines/process/processes';

const CHECKOUT = join(__dirname, '..', '..');

/** A program in a process of its own, compiled as a release would be: tsx's output is for development. */
export interface Program {
  /** File below `bench/`. */
  readonly entry: string;
  /** What `settings()` gives it. */
  readonly settings: unknown;
  readonly nodeOptions?: readonly string[];
}

export interface MeasuredServer {
  readonly name: string;
  readonly url: string;
  /** User and system time that the process has used so far, in microseconds. */
  cpu(): Promise<number>;
  stop(): Promise<unknown>;
}

/** A server that can be started anew. */
export interface StartableServer {
  readonly name: string;
  start(): Promise<MeasuredServer>;
}

/** Starts a program and gives its first message. */
export async function startProgram(
  run: Run,
  name: string,
  { entry, settings, nodeOptions = [] }: Program,
): Promise<{ readonly process: ManagedProcess; readonly first: unknown }> {
  const started = await run.spawn({
    name: fileName(name),
    command: process.execPath,
    args: [...profiling(name), ...nodeOptions, await compile(run, entry)],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      NODE_PATH: join(CHECKOUT, 'node_modules'),
      BENCH_SETTINGS: JSON.stringify(settings),
      BENCH_MESSAGES: process.env.BENCH_MESSAGES,
    },
    ipc: true,
  });
  const [first] = (await Promise.race([
    once(started.child, 'message'),
    started.failure().then((failure) => Promise.reject(failure)),
  ])) as [unknown];
  return { process: started, first };
}

/** A program that ends in `serve()`. */
export function measuredServer(run: Run, name: string, program: Program): StartableServer {
  return { name, start: () => startServer(run, name, program) };
}

async function startServer(run: Run, name: string, program: Program): Promise<MeasuredServer> {
  const { process: started, first } = await startProgram(run, name, program);
  const { port } = first as { port: number };
  return {
    name,
    url: `http://127.0.0.1:${port}/api/transactions`,
    cpu: async () => {
      started.child.send('usage');
      const [used] = (await once(started.child, 'message')) as [NodeJS.CpuUsage];
      return used.user + used.system;
    },
    stop: () => started.stop(),
  };
}

/** BENCH_PROFILE names a folder for CPU profiles, one a process: where the time goes that a benchmark shows. */
function profiling(name: string): readonly string[] {
  const folder = process.env.BENCH_PROFILE;
  if (folder === undefined) return [];
  return ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${fileName(name)}.cpuprofile`];
}

function fileName(name: string): string {
  return name.replace(/\W+/g, '-');
}

/** One file a program, made once for all its processes. Dependencies stay where npm put them. */
async function compile(run: Run, entry: string): Promise<string> {
  const outfile = join(run.folder, 'bench', `${entry.replaceAll('/', '-')}.js`);
  if (existsSync(outfile)) return outfile;
  await build({
    entryPoints: [join(CHECKOUT, 'bench', `${entry}.ts`)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    tsconfig: join(CHECKOUT, 'tsconfig.json'),
    logLevel: 'silent',
  });
  return outfile;
}
