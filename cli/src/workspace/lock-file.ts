/**
 * The providers that a stack was reviewed with: the engine's dependency lock file. It is kept in the repository as
 * `locks/<stack>.hcl`, because the folder where the engine expects it is made anew at each synth.
 * https://opentofu.org/docs/language/files/dependency-lock/
 */
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { PortcullisError } from '../errors';
import { typed } from '../terminal/command-name';

/** The engine's name for it. */
const ENGINES_NAME = '.terraform.lock.hcl';

/** Where a stack's lock file is in the repository. @param app folder of the app */
export function lockFileOf(app: string, stack: string): string {
  return join(app, 'locks', `${stack}.hcl`);
}

/**
 * Puts the lock file of a stack where the engine looks for it.
 *
 * @param folder the synthesized stack's.
 * @returns whether there is one.
 */
export async function useLock(lock: string, folder: string): Promise<boolean> {
  return copyFile(lock, join(folder, ENGINES_NAME)).then(
    () => true,
    () => false,
  );
}

/** The text of the lock file that the engine works with; empty where no provider needs one. */
export function readLock(folder: string): Promise<string> {
  return readFile(join(folder, ENGINES_NAME), 'utf8').catch(() => '');
}

/** Copies the lock file that the engine wrote into the repository. @returns its path there. */
export async function keepLock(lock: string, folder: string): Promise<string> {
  await mkdir(dirname(lock), { recursive: true });
  await copyFile(join(folder, ENGINES_NAME), lock);
  return lock;
}

/** The kind of backend in which others have the state too, as in `s3`. @param configuration the text of `cdk.tf.json` */
export function sharedBackend(configuration: string): string | undefined {
  const { terraform } = JSON.parse(configuration) as { terraform?: { backend?: Record<string, unknown> } };
  return Object.keys(terraform?.backend ?? {}).find((kind) => kind !== 'local');
}

/**
 * Refuses a stack without a lock file whose state is shared: others deploy it too, and have to run the providers that
 * were reviewed.
 *
 * @throws PortcullisError `ERR_LOCK_MISSING`
 */
export async function refuseSharedState(stack: string, lock: string, folder: string): Promise<void> {
  const text = await readFile(join(folder, 'cdk.tf.json'), 'utf8');
  const shared = sharedBackend(text);
  if (shared === undefined) return;
  throw new PortcullisError(
    'ERR_LOCK_MISSING',
    `${stack} keeps its state in ${shared}, where others deploy it too, but nothing pins its providers: ${relative(process.cwd(), lock)} is missing`,
    `run \`${typed(`lock ${stack}`)}\` where the engine reaches its provider registry, and commit the file`,
  );
}
