/** What an engine can read besides a plan: the files of a synthesized stack, and those that its configuration names. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GAP, pathsIn } from './configuration';

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
  const others = [
    // What is named counts, also where engines write.
    ...named.filter((path) => !Object.hasOwn(inside, relative(folder, resolve(folder, path)))),
    ...(await localModules(folder)).filter((path) => !(resolve(folder, path) + sep).startsWith(folder + sep)),
  ];
  const hashed = await Promise.all(others.map((path) => hashNamed(folder, path)));
  return Object.assign(inside, ...hashed) as Record<string, string>;
}

/** The same of scripts that a command may run: of what is there and is a file. */
export async function hashScripts(folder: string, words: readonly string[]): Promise<Record<string, string>> {
  const kinds = await Promise.all(words.map((word) => stat(resolve(folder, word)).catch(() => undefined)));
  const files = words.filter((_, index) => kinds[index]?.isFile());
  const hashed = await Promise.all(files.map((path) => hashNamed(folder, path)));
  return Object.assign({}, ...hashed) as Record<string, string>;
}

/** Folders of modules that the engine uses where they are, by its own list of them. */
async function localModules(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, '.terraform/modules/modules.json'), 'utf8').catch(() => '{}');
  const { Modules: modules = [] } = JSON.parse(text) as { Modules?: { Dir?: string }[] };
  return modules.flatMap(({ Dir: path }) => (path === undefined ? [] : [path]));
}

/** Functions that give another value at each call. */
const CHANGING = new RegExp(`\\b(timestamp|plantimestamp|uuid|bcrypt)${GAP}\\(`);

/** Functions of providers, which may read what they like; of these providers none does. */
const OF_PROVIDERS = new RegExp(`\\bprovider${GAP}::${GAP}([\\w-]+)${GAP}::${GAP}([\\w-]+)`, 'g');
const READ_NOTHING = /^(terraform|aws|google|google-beta|azurerm|kubernetes|time)$/;

/** The function that a text calls and that can give another value at the next run. */
export function changingCall(text: string): string | undefined {
  const [, own] = CHANGING.exec(text) ?? [];
  const [, provider, name] =
    [...text.matchAll(OF_PROVIDERS)].find(([, of = '']) => !READ_NOTHING.test(of)) ?? [];
  return own ?? (provider === undefined ? undefined : `provider::${provider}::${name ?? ''}`);
}

/** Why modules cannot be reviewed, in words: nothing says what they do but their own files. */
export async function refusedModules(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<string[]> {
  const loaded = new Set((await localModules(folder)).map((path) => resolve(folder, path)));
  const configurations = Object.keys(files).filter(
    (path) => /\.(tf|tofu)(\.json)?$/.test(path) && loaded.has(dirname(resolve(folder, path))),
  );
  const reasons = await Promise.all(
    configurations.map(async (path) => {
      const text = await readFile(resolve(folder, path), 'utf8').catch(() => '');
      return reasonsIn(text).map((reason) => `${path} ${reason}`);
    }),
  );
  return reasons.flat();
}

function reasonsIn(text: string): string[] {
  const own = /^\$\{path\.module\}\/(?!.*\.\.)/;
  const refused: readonly (readonly [reason: string, found: boolean])[] = [
    ['calls a function that differs at every run', changingCall(text) !== undefined],
    ['reads a file that is not its own', pathsIn(text).some((path) => path === undefined || !own.test(path))],
    ['has ephemeral values, which are in no plan', /"?\bephemeral"?\s*([=:.]|")/.test(text)],
    [
      'runs a program when it removes something, which no plan tells of',
      /\bremoved"?\s*[:{]/.test(text) && /\bprovisioner\b/.test(text),
    ],
  ];
  return refused.flatMap(([reason, found]) => (found ? [reason] : []));
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
