import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const ENDINGS = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'];

/**
 * The config of the folder, or of the nearest one above it that has one. A config is a program, and anybody may write to
 * `/tmp`: above the folder, one that belongs to somebody else is passed over.
 *
 * @param ownerOf the user ID of a path's owner
 */
export function findConfig(
  folder: string,
  ownerOf: (path: string) => number = (path) => statSync(path).uid,
): string | undefined {
  const start = resolve(folder);
  const isOurs = (file: string): boolean => [0, process.getuid?.(), ownerOf(start)].includes(ownerOf(file));
  for (let here = start; ; here = dirname(here)) {
    const file = ENDINGS.map((ending) => join(here, `portcullis.config.${ending}`)).find(existsSync);
    if (file !== undefined && (here === start || isOurs(file))) return file;
    if (here === dirname(here)) return undefined;
  }
}
