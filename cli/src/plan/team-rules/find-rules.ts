/**
 * Finds the rules of the commit that a pull request is to be merged into. Those of the working tree are the pull request's
 * own: they decide nothing.
 */
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { checkOut } from '../../base-commit/base-checkout';
import { commitOf, defaultBase, git } from '../../base-commit/git';
import { messageOf, PortcullisError } from '../../errors';
import { plain } from '../../terminal/text';

const NAMES = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((ending) => `portcullis.rules.${ending}`);

/** A file of rules in a folder of its own, as the commit has it. */
export interface FoundRules {
  readonly file: string;
  /** The commit's files. */
  readonly folder: string;
  /** As in `portcullis.rules.ts of origin/main`. */
  readonly name: string;
  remove(): Promise<void>;
}

/**
 * The rules of the nearest folder that has some, from `folder` up to the repository's.
 *
 * @param base names the commit. @default what the pull request is to be merged into, else what is checked out
 * @returns undefined where that commit has none, or where there is no repository
 * @throws PortcullisError `ERR_SETTING` where it cannot be known whether there are some
 */
export async function findRules(
  base: string | undefined,
  folder = process.cwd(),
  variables = process.env,
): Promise<FoundRules | undefined> {
  const here = await realpath(folder);
  const top = repositoryOf(here);
  if (top === undefined) {
    if (base === undefined && !rulesBeside(here, here)) return undefined;
    throw cannotLook(`${here} is in no git repository`);
  }
  const ref = base ?? defaultBase(variables);
  const commit = await lookUp(here, ref, base === undefined && !rulesBeside(here, top));
  if (commit === undefined) return undefined;
  const file = await nearest(here, top, commit);
  if (file === undefined) return undefined;
  const checkout = await checkOut(here, commit, false);
  const rules = {
    file: join(checkout.at(top), file),
    folder: checkout.at(top),
    name: `${file} of ${ref}`,
    remove: () => checkout.remove(),
  };
  if (existsSync(rules.file)) return rules;
  await rules.remove();
  throw new PortcullisError(
    'ERR_RULES',
    `the plan is not judged: ${plain(rules.name)} is a link that leads out of the commit, or nowhere`,
    'write the rules into the file itself, on the base branch',
  );
}

/** @param isOptional whether nothing is here that says there are rules: a shallow clone without the base is no mistake then */
async function lookUp(folder: string, ref: string, isOptional: boolean): Promise<string | undefined> {
  try {
    return await commitOf(folder, ref);
  } catch (error) {
    if (isOptional) return undefined;
    throw error instanceof PortcullisError ? cannotLook(error.problem) : error;
  }
}

function cannotLook(problem: string): PortcullisError {
  return new PortcullisError(
    'ERR_SETTING',
    `the team's rules are read from a commit, and ${problem}`,
    'name what the pull request is merged into, as in --base origin/main after `git fetch origin main`, or --base HEAD^1 of the merge that a runner of GitHub checks out with fetch-depth: 2',
  );
}

/** The first of the commit's files of rules, on the way up. */
async function nearest(here: string, top: string, commit: string): Promise<string | undefined> {
  const candidates = foldersUp(here, top).flatMap((folder) =>
    NAMES.map((name) => relative(top, join(folder, name))),
  );
  const listed = await git(top, [
    'ls-tree',
    '--full-tree',
    '--name-only',
    '-z',
    commit,
    '--',
    ...candidates,
  ]).catch((cause: unknown) => {
    throw cannotLook(messageOf(cause));
  });
  const there = listed.split('\0');
  return candidates.find((file) => there.includes(file.split(sep).join('/')));
}

function rulesBeside(here: string, top: string): boolean {
  return foldersUp(here, top).some((folder) => NAMES.some((name) => existsSync(join(folder, name))));
}

function foldersUp(from: string, to: string): string[] {
  return from === to ? [from] : [from, ...foldersUp(dirname(from), to)];
}

function repositoryOf(from: string): string | undefined {
  for (let here = from; ; here = dirname(here)) {
    if (existsSync(join(here, '.git'))) return here;
    if (here === dirname(here)) return undefined;
  }
}
