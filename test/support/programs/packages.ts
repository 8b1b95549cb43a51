import { execFile } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EngineCache } from '../../../cli/src/engines/install/cache';
import type { Note } from '../../../cli/src/engines/progress';

const execute = promisify(execFile);
const CHECKOUT = join(__dirname, '../../..');

/** Packages that some tests alone need, installed once, outside of the checkout. */
export const LIBRARIES = { name: 'libraries', of: 'test/libraries', size: '400 MB' } as const;
export const FRAMEWORKS = { name: 'frameworks', of: 'examples', size: '50 MB' } as const;
export const CONTAINER_NODE = { name: 'container-node', of: 'test/containers/base', size: '60 MB' } as const;
export const REGISTRY = { name: 'registry', of: 'test/packages', size: '200 MB' } as const;

/** @returns a folder whose `node_modules` is what the lock file there says. */
export async function installPackages(
  { name, of, size }: typeof LIBRARIES | typeof FRAMEWORKS | typeof REGISTRY | typeof CONTAINER_NODE,
  note: Note = () => undefined,
): Promise<string> {
  const lock = await readFile(join(CHECKOUT, of, 'package-lock.json'), 'utf8');
  return new EngineCache().entry(
    { name, version: '1', checksum: lock },
    async (folder, tell) => {
      tell(`downloading the ${name} (${size}, once)`);
      for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
        await copyFile(join(CHECKOUT, of, file), join(folder, file));
      }
      await execute('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'], {
        cwd: folder,
      });
    },
    note,
  );
}
