import { execFile } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EngineCache } from '../../../cli/src/engines/install/cache';
import type { Note } from '../../../cli/src/engines/progress';

const execute = promisify(execFile);
const FOLDER = join(__dirname, '../../libraries');

/** The packages of `test/libraries/package.json`, installed once, outside of the checkout. */
export async function installLibraries(note: Note = () => undefined): Promise<string> {
  const lock = await readFile(join(FOLDER, 'package-lock.json'), 'utf8');
  return new EngineCache().entry(
    { name: 'libraries', version: '1', checksum: lock },
    async (folder, tell) => {
      tell('downloading the libraries (400 MB, once)');
      for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
        await copyFile(join(FOLDER, file), join(folder, file));
      }
      await execute('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'], {
        cwd: folder,
      });
    },
    note,
  );
}
