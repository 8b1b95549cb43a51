/** What an engine can read besides a plan: the files of a synthesized stack, and those that its configuration names. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What engines write themselves, and what is counted elsewhere: the lock file, the configuration. */
const LEFT_OUT =
  /^(\.terraform\.lock\.hcl|cdk\.tf\.json|reviewed\.plan|.*\.tfstate(\.backup|\.lock\.info)?|\..*\.lock\.info|crash\.log)$/;

/**
 * SHA-256 of every file below the stack's folder and of the files named, by path.
 *
 * @param named paths as the configuration has them. A folder stands for what is in it.
 */
export async function hashFiles(folder: string, named: readonly string[]): Promise<Record<string, string>> {
  const inside = await hashFolder(folder, '');
  const outside = [...named, ...(await localModules(folder))].filter(
    (path) => !(resolve(folder, path) + sep).startsWith(folder + sep),
  );
  const hashed = await Promise.all(outside.map((path) => hashNamed(folder, path)));
  return Object.assign(inside, ...hashed) as Record<string, string>;
}

/** Folders of modules that the engine uses where they are, by its own list of them. */
async function localModules(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, '.terraform/modules/modules.json'), 'utf8').catch(() => '{}');
  const { Modules: modules = [] } = JSON.parse(text) as { Modules?: { Dir?: string }[] };
  return modules.flatMap(({ Dir: path }) => (path === undefined ? [] : [path]));
}

/** Functions that give another value at each call. */
export const CHANGING = /\b(timestamp|plantimestamp|uuid|bcrypt)\s*\(/;

/** Of the files of modules, those that call such a function. */
export async function changingModules(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<string[]> {
  const configurations = Object.keys(files).filter((path) => /\.(tf|tofu)(\.json)?$/.test(path));
  const texts = await Promise.all(
    configurations.map(
      async (path) => [path, await readFile(resolve(folder, path), 'utf8').catch(() => '')] as const,
    ),
  );
  return texts.flatMap(([path, text]) => (CHANGING.test(text) ? [path] : []));
}

async function hashFolder(root: string, below: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    // Of the engine's own folder, the modules that it fetched are configuration; the providers are in the lock file.
    if (path.startsWith('.terraform/') && !path.startsWith('.terraform/modules')) continue;
    if (entry.isDirectory()) Object.assign(found, await hashFolder(root, path));
    else if (below !== '' || !LEFT_OUT.test(entry.name)) found[path] = await hashFile(join(root, path));
  }
  return found;
}

async function hashNamed(folder: string, path: string): Promise<Record<string, string>> {
  const file = resolve(folder, path);
  const kind = await stat(file).catch(() => undefined);
  if (kind === undefined) return { [path]: 'missing' };
  if (!kind.isDirectory()) return { [path]: await hashFile(file) };
  const inside = Object.entries(await hashFolder(file, ''));
  return Object.fromEntries(inside.map(([name, hash]) => [`${path}/${name}`, hash]));
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
