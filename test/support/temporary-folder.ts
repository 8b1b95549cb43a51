/**
 * Every temporary file of a run, those of libraries and of programs that tests start included, is in one folder that
 * goes with the run: cdktf alone leaves one behind for each app that it synthesizes.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Says to the projects of one run, which are set up in turn, that it is there. */
const NAME = 'PORTCULLIS_TEST_TMPDIR';

export default function useTemporaryFolder(): void {
  if (process.env[NAME] !== undefined) return;
  // Short: the path of a Unix socket has room for about a hundred characters.
  const folder = mkdtempSync(join(tmpdir(), 'tests-'));
  // PostgreSQL, which root starts as another user, has to reach what is its own in there.
  chmodSync(folder, 0o711);
  process.env[NAME] = folder;
  process.env.TMPDIR = folder;
  // After the teardown of every project: servers of the last one still write there.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
}
