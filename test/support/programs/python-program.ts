import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PortcullisError } from '../../../cli/src/errors';
import { onPath } from '../../../cli/src/engines/install/on-path';
import { isAtLeast } from '../../../cli/src/engines/install/version';
import type { EngineContext } from '../../../cli/src/engines/install/context';

/**
 * A program of PyPI with everything that it needs. Each of these packages is pinned, by version and checksum, in
 * `locks/<name>.txt`, whose first line says how it is made.
 */
export interface PythonProgram {
  readonly name: string;
  readonly version: string;
  /** What `python3 -m` runs. */
  readonly module: string;
  /** As in `300 MB`. */
  readonly size: string;
}

/** How an installed program is started; its own arguments come after these. */
export interface PythonCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** What the lock files are made for. */
const MINIMUM_PYTHON = '3.11';

/**
 * Installs the program, once for each version of Python: into a folder that is on no path but the program's own.
 * @throws PortcullisError `ERR_ENGINE_MISSING` without such a Python, `ERR_ENGINE_BUILD`, `ERR_CHECKSUM`
 */
export async function pythonProgram(
  { run, cache, note }: EngineContext,
  { name, version, module, size }: PythonProgram,
): Promise<PythonCommand> {
  const python = await findPython(name);
  const lock = join(__dirname, 'locks', `${name}.txt`);
  const entry = await cache.entry(
    { name, version, checksum: `${await readFile(lock, 'utf8')} for ${python.version}` },
    async (folder, tell) => {
      tell(`downloading ${name} ${version} (${size}, once)`);
      await install(run, python.file, lock, folder);
    },
    note,
  );
  return {
    command: python.file,
    args: ['-m', module],
    // What is written beside the code would no longer be what was installed.
    env: { ...process.env, PYTHONPATH: entry, PYTHONDONTWRITEBYTECODE: '1' },
  };
}

async function install(
  run: EngineContext['run'],
  python: string,
  lock: string,
  folder: string,
): Promise<void> {
  await run.complete(
    {
      name: 'pip',
      command: python,
      args: [
        ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'],
        ...['--only-binary', ':all:', '--require-hashes', '--requirement', lock, '--target', folder],
      ],
      env: process.env,
    },
    { code: 'ERR_ENGINE_BUILD', remedy: 'check that pip reaches its package index' },
  );
  // Programs whose first line names the folder of the build.
  await rm(join(folder, 'bin'), { recursive: true, force: true });
}

async function findPython(wanted: string): Promise<{ file: string; version: string }> {
  const file = await onPath('python3');
  const version = file && (await versionOf(file));
  if (file !== undefined && version !== undefined && isAtLeast(version, MINIMUM_PYTHON)) {
    return { file, version };
  }
  throw new PortcullisError(
    'ERR_ENGINE_MISSING',
    `${wanted} needs Python ${MINIMUM_PYTHON} or newer; ${file === undefined ? 'no python3 is on PATH' : `${file} is ${version ?? ''}`}`,
    `install Python ${MINIMUM_PYTHON} or newer, with pip`,
  );
}

/** Major and minor only: what is compiled for one patch release runs on the next. */
async function versionOf(python: string): Promise<string> {
  const ask = 'import sys; print("%d.%d" % sys.version_info[:2])';
  const { stdout } = await promisify(execFile)(python, ['-c', ask]);
  return stdout.trim();
}
