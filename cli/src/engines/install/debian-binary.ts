import { access } from 'node:fs/promises';
import { PortcullisError } from '../../errors';
import { onPath } from './on-path';
import type { EngineContext } from './context';

/** A program that Debian packages. */
export interface DebianBinary {
  /** The command's name on PATH. */
  readonly binary: string;
  /** The package's name. @default the command's */
  readonly package?: string;
  /** What a person can do instead of installing it. */
  readonly alternative?: string;
}

/** Several starts may install at once, and `apt-get update` fails where another one runs: each waits for the one before. */
export const APT_QUEUE = ['--wait', '600', '/var/lib/apt/lists'];

/**
 * The file of a program: on PATH, else from Debian's archive when we are root there.
 * @throws PortcullisError `ERR_ENGINE_MISSING`, `ERR_ENGINE_BUILD`
 */
export async function findDebianBinary(
  { binary, package: name = binary, alternative }: DebianBinary,
  { run, note }: Pick<EngineContext, 'run' | 'note'>,
): Promise<string> {
  const installed = await onPath(binary);
  if (installed !== undefined) return installed;

  const install = `install ${name} (Debian: apt-get install ${name})`;
  const remedy = alternative === undefined ? install : `${install}, or ${alternative}`;
  const apt = await onPath('apt-get');
  const mayInstall = process.getuid?.() === 0 && apt !== undefined && (await isDebian());
  if (!mayInstall) throw new PortcullisError('ERR_ENGINE_MISSING', `no ${binary} is on PATH`, remedy);

  note(`installing ${name} with apt`);
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    // A package may start its server when it is installed. Portcullis starts its servers itself, and ends them.
    RUNLEVEL: '1',
  };
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', name]]) {
    await run.complete(
      {
        name: `apt-get ${args[0] ?? ''}`,
        command: 'flock',
        args: [...APT_QUEUE, apt, '--quiet', ...args],
        env,
      },
      { code: 'ERR_ENGINE_BUILD', remedy },
    );
  }
  const file = await onPath(binary);
  if (file === undefined)
    throw new PortcullisError('ERR_ENGINE_MISSING', `apt installed no ${binary}`, remedy);
  return file;
}

async function isDebian(): Promise<boolean> {
  return access('/etc/debian_version').then(
    () => true,
    () => false,
  );
}
