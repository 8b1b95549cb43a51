import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PortcullisError } from '../errors';

/** What git prints. @throws what execFile() rejects with */
export async function git(
  folder: string,
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, {
    cwd: folder,
    env: { ...process.env, ...more },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.trim();
}

/** A commit by its name. @throws PortcullisError `ERR_SETTING` for a ref that is not there */
export function commitOf(folder: string, ref: string): Promise<string> {
  return git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]).catch(
    (cause: unknown) => {
      throw new PortcullisError(
        'ERR_SETTING',
        `${JSON.stringify(ref)} is no commit of the git repository at ${folder}`,
        'name one with --base, as in --base origin/main, after `git fetch origin main`; or another checkout with --from',
        { cause },
      );
    },
  );
}

/**
 * The commit that a branch was made from: what has been merged since is no change of this branch. Where the history does
 * not say it, as in a shallow clone, the ref itself.
 *
 * @throws PortcullisError `ERR_SETTING` for a ref that is not there
 */
export async function baseCommit(folder: string, ref: string): Promise<string> {
  const commit = await commitOf(folder, ref);
  return git(folder, ['merge-base', commit, 'HEAD']).catch(() => commit);
}

/** What a pull request is to be merged into, on a runner of GitHub; elsewhere what is checked out. */
export function defaultBase({ GITHUB_BASE_REF: branch }: NodeJS.ProcessEnv): string {
  return branch === undefined || branch === '' ? 'HEAD' : `origin/${branch}`;
}
