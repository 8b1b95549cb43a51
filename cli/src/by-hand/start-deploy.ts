/** Starts `deploy.yml` by hand. GitHub runs it, so that what is deployed is approved and recorded there. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PortcullisError } from '../errors';
import { reasonOf } from '../options/reason';
import { plain } from '../terminal/text';

export interface ByHand {
  readonly way: 'break-glass' | 'rollback';
  readonly environment: string;
  /** Why, in a line: it stays in GitHub's record. */
  readonly reason: string | undefined;
}

/**
 * Asks GitHub, by its command `gh` as whoever is signed in there, to start the workflow on main.
 *
 * @throws PortcullisError `ERR_SETTING` with what `gh` said.
 */
export async function startDeploy({ way, environment, reason }: ByHand): Promise<void> {
  const inputs = Object.entries({ way, environment, reason: reasonOf(reason) });
  const args = ['workflow', 'run', 'deploy.yml', '--ref', 'main'];
  try {
    const fields = inputs.flatMap(([name, value]) => ['--raw-field', `${name}=${value}`]);
    await promisify(execFile)('gh', [...args, ...fields], { env: process.env });
  } catch (cause) {
    const { code, stderr = '' } = cause as { code?: unknown; stderr?: string };
    throw new PortcullisError(
      'ERR_SETTING',
      code === 'ENOENT' ? 'gh is not on PATH' : `gh could not start deploy.yml: ${plain(stderr.trim(), 500)}`,
      'mend that, or run the workflow `deploy` on main by the button on GitHub: Actions, deploy, Run workflow',
      { cause },
    );
  }
}

/** What to do once it is started. */
export const STARTED =
  'Started: deploy.yml plans it, and somebody else has to approve it on GitHub. Follow it by `gh run list --workflow deploy.yml`.';
