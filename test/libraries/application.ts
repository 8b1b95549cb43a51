import { build } from 'esbuild';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { Trial } from './trials';

const execute = promisify(execFile);
const CHECKOUT = join(__dirname, '../..');

/** What a program says of itself. */
export interface Outcome {
  readonly committed: number;
  readonly rolledBack: number;
  readonly users: number;
  readonly failures: readonly string[];
  readonly jobs?: number;
  readonly lost?: number;
  readonly repeated?: number;
  readonly trouble?: readonly string[];
  /** What its own database kept, where that is not PostgreSQL. */
  readonly kept?: number;
  readonly undone?: number;
}

export async function versionOf(libraries: string, name: string): Promise<string> {
  const manifest = await readFile(join(libraries, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/**
 * An application with those packages, built into the folder from the program of the trial and the runtime's sources.
 *
 * @returns its file.
 */
export async function buildApplication(trial: Trial, libraries: string, parent: string): Promise<string> {
  const folder = await mkdtemp(join(parent, 'application-'));
  await symlink(join(libraries, 'node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, 'programs'));
  for (const file of ['harness.mjs', 'jobs.mjs', `programs/${trial.program}.mjs`]) {
    await copyFile(join(__dirname, file), join(folder, file));
  }
  if (trial.program.startsWith('prisma')) await generatePrisma(folder);
  const { dependencies } = JSON.parse(await readFile(join(__dirname, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const ofLibraries = (name: string): string => join(libraries, 'node_modules', name);
  // What is external is no alias any more.
  const packages = Object.keys(dependencies).filter((name) => !Object.hasOwn(trial.alias ?? {}, name));
  const outfile = join(folder, 'app.cjs');
  await build({
    stdin: {
      contents: `import { run } from './harness.mjs'; import { open } from './programs/${trial.program}.mjs'; run(open);`,
      resolveDir: folder,
    },
    // Aliases are resolved there.
    absWorkingDir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    logLevel: 'error',
    minify: trial.bundled ?? false,
    external: trial.bundled ? ['pg-native', 'pg-cloudflare'] : [...packages, 'pg-native'],
    alias: {
      ...trial.alias,
      '@portcullis/runtime/secrets': join(CHECKOUT, 'runtime/src/secrets/index.ts'),
      // The runtime's sources would find the checkout's copy, where an application has one.
      ...(trial.bundled && { pg: ofLibraries('pg') }),
    },
  });
  return outfile;
}

/** Without the network: the engine that `generate` looks for is needed by migrations only. */
async function generatePrisma(folder: string): Promise<void> {
  await copyFile(join(__dirname, 'programs/schema.prisma'), join(folder, 'schema.prisma'));
  await execute(
    process.execPath,
    [join(folder, 'node_modules/prisma/build/index.js'), 'generate', '--schema', 'schema.prisma'],
    {
      cwd: folder,
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', CHECKPOINT_DISABLE: '1' },
    },
  );
}

/** Starts the application and waits for what it says. @throws Error with its output */
export async function runApplication(file: string, settings: object): Promise<Outcome> {
  const child = spawn(process.execPath, [file], { cwd: join(file, '..'), stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(JSON.stringify(settings));
  const [said, complained, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  if (code !== 0) throw new Error(`the application ended with ${code}:\n${said}\n${complained}`);
  return JSON.parse(said.trim().split('\n').at(-1) ?? '') as Outcome;
}
