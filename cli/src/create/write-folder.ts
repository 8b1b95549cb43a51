/** A folder appears with all of its files, or not at all. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PortcullisError } from '../errors';
import { typed } from '../terminal/command-name';

/**
 * @throws PortcullisError `ERR_SETTING` where something is there that is no empty folder, and for the folder that one is
 * in: it is replaced, and a shell would stay in the one that was.
 */
export async function refuseUnlessEmpty(folder: string): Promise<void> {
  if (folder === process.cwd())
    throw new PortcullisError(
      'ERR_SETTING',
      `${folder} is the folder that this runs in`,
      "run it in the folder above, with this one's name",
    );
  const found = await readdir(folder).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') return [basename(folder)];
    throw error;
  });
  if (found.length > 0) throw notEmpty(folder);
}

/** @throws PortcullisError `ERR_SETTING` where the folder was filled meanwhile; nothing in it is touched. */
export async function writeFolder(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const beside = join(dirname(folder), `.${basename(folder)}-${randomUUID()}`);
  try {
    for (const [path, content] of Object.entries(files)) {
      const file = join(beside, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content, { flag: 'wx' });
    }
    // An empty folder gives way to it; one that holds anything does not.
    await rename(beside, folder).catch((cause: unknown) => {
      const { code = '' } = cause as NodeJS.ErrnoException;
      throw ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(code) ? notEmpty(folder, cause) : cause;
    });
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

const notEmpty = (folder: string, cause?: unknown): PortcullisError =>
  new PortcullisError(
    'ERR_SETTING',
    `${folder} is there, and is no empty folder`,
    `name a folder that is not there; in the folder of an API that exists, run ${typed('init')}`,
    { cause },
  );
