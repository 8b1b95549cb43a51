/**
 * The providers that a stack was reviewed with: the engine's dependency lock file. It is kept in the repository as
 * `locks/<stack>.hcl`, because the folder where the engine expects it is made anew at each synth.
 * https://opentofu.org/docs/language/files/dependency-lock/
 */
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PortcullisError } from '../errors';

/** The engine's name for it. */
const ENGINES_NAME = '.terraform.lock.hcl';

/**
 * Puts the lock file of a stack where the engine looks for it.
 *
 * @param folder the synthesized stack's.
 * @returns whether there is one.
 */
export async function useLock(stack: string, folder: string): Promise<boolean> {
  return copyFile(lockFileOf(stack), join(folder, ENGINES_NAME)).then(
    () => true,
    () => false,
  );
}

/** The text of the lock file that the engine works with; empty where no provider needs one. */
export function readLock(folder: string): Promise<string> {
  return readFile(join(folder, ENGINES_NAME), 'utf8').catch(() => '');
}

/** Copies the lock file that the engine wrote to the repository. @returns its path there. */
export async function keepLock(stack: string, folder: string): Promise<string> {
  const file = lockFileOf(stack);
  await mkdir(dirname(file), { recursive: true });
  await copyFile(join(folder, ENGINES_NAME), file);
  return file;
}

/**
 * Refuses a stack without a lock file whose state is shared: others deploy it too, and have to run the providers that
 * were reviewed.
 *
 * @throws PortcullisError `ERR_LOCK_MISSING`
 */
export async function refuseSharedState(stack: string, folder: string): Promise<void> {
  const text = await readFile(join(folder, 'cdk.tf.json'), 'utf8');
  const { terraform } = JSON.parse(text) as { terraform?: { backend?: Record<string, unknown> } };
  const shared = Object.keys(terraform?.backend ?? {}).find((kind) => kind !== 'local');
  if (shared === undefined) return;
  throw new PortcullisError(
    'ERR_LOCK_MISSING',
    `${stack} keeps its state in ${shared}, where others deploy it too, but nothing pins its providers: ${lockFileOf(stack)} is missing`,
    `run \`portcullis lock ${stack}\` where the engine reaches its provider registry, and commit the file`,
  );
}

function lockFileOf(stack: string): string {
  return join('locks', `${stack}.hcl`);
}
