/** The files of a commit in a folder of their own, with or without the packages that are installed in the working tree. */
import { lstat, mkdir, mkdtemp, readdir, readlink, realpath, rm, symlink } from 'node:fs/promises';
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { atExit } from './at-exit';
import { git } from './git';

export interface BaseCheckout {
  /** Where a folder of the working tree is in it. */
  at(path: string): string;
  remove(): Promise<void>;
}

/**
 * Nothing is written into the repository: the index is a file of the checkout's own.
 *
 * @param withPackages whether what is installed in the working tree is there too. A pull request decides what that is.
 */
export async function checkOut(folder: string, commit: string, withPackages = true): Promise<BaseCheckout> {
  const top = await realpath(await git(folder, ['rev-parse', '--show-toplevel']));
  const place = await realpath(await mkdtemp(join(tmpdir(), 'portcullis-base-')));
  const tree = join(place, 'tree');
  const unwatch = atExit(() => rmSync(place, { recursive: true, force: true }));
  const remove = async (): Promise<void> => {
    unwatch();
    await rm(place, { recursive: true, force: true });
  };
  const at = (path: string): string => join(tree, relative(top, path));
  try {
    const index = { GIT_INDEX_FILE: join(place, 'index') };
    await git(top, ['read-tree', commit], index);
    await git(top, ['checkout-index', '--all', '--force', `--prefix=${tree}/`], index);
    await dropLinksOut(top, commit, tree);
    if (!withPackages) return { at, remove };
    const here = await realpath(folder);
    for (let parent = here; parent === top || parent.startsWith(top + sep); parent = dirname(parent))
      await linkPackages(join(parent, 'node_modules'), join(at(parent), 'node_modules'), top, at);
    return { at, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Links of the commit that lead out of it: to the working tree, say, which is another commit's. */
async function dropLinksOut(top: string, commit: string, tree: string): Promise<void> {
  const listed = await git(top, ['ls-tree', '-r', '--full-tree', '-z', commit]);
  const links = listed.split('\0').flatMap((line) => /^120000 [^\t]*\t([^]*)$/.exec(line)?.slice(1) ?? []);
  for (const path of links) {
    const link = join(tree, path);
    const target = await realpath(link).catch(async () => resolve(dirname(link), await readlink(link)));
    if (!target.startsWith(tree + sep)) await rm(link);
  }
}

/**
 * Links what is installed. A package that is a folder of the repository itself, as in a workspace, is the commit's: the policy
 * may be in it.
 */
async function linkPackages(
  from: string,
  to: string,
  top: string,
  at: (path: string) => string,
): Promise<void> {
  const names = await readdir(from).catch(() => []);
  if (names.length > 0) await mkdir(to, { recursive: true });
  for (const name of names) {
    const [source, target] = [join(from, name), join(to, name)];
    if (name.startsWith('@')) await linkPackages(source, target, top, at);
    else if (!(await isThere(target))) await symlink(await placeOf(source, top, at), target);
  }
}

async function placeOf(source: string, top: string, at: (path: string) => string): Promise<string> {
  const real = await realpath(source).catch(() => source);
  const isOfRepository = real.startsWith(top + sep) && !real.split(sep).includes('node_modules');
  return isOfRepository && existsSync(at(real)) ? at(real) : real;
}

const isThere = (path: string): Promise<boolean> => lstat(path).then(Boolean, () => false);
