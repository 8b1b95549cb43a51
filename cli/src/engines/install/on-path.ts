import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The first executable of that name on PATH, as a shell would find it. */
export async function onPath(command: string, path = process.env.PATH ?? ''): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter((entry) => entry !== '')) {
    const file = join(folder, command);
    const found = await isExecutable(file).catch(() => false);
    if (found) return file;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  await access(file, constants.X_OK);
  return (await stat(file)).isFile();
}
