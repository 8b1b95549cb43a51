import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import useTemporaryFolder from '../support/temporary-folder';
import { DEPLOYED_FILE } from '../support/deployed';

declare global {
  /** The process that holds the environment; the teardown ends it. */
  var deployedProcess: ChildProcess | undefined;
}

/** Starts the servers and deploys every local stack, once for all integration tests. */
export default async function setup(): Promise<void> {
  useTemporaryFolder();
  const child = fork(join(__dirname, '..', 'support', 'deployed-process.ts'), [], {
    execArgv: ['--import', require.resolve('tsx')],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // A Ctrl-C that ends jest reaches the child as the loss of its parent, and it then stops its servers in order.
    detached: true,
  });
  globalThis.deployedProcess = child;
  const [answer] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => [{ problem: 'its process ended' }]),
  ])) as [{ file?: string; problem?: string }];
  if (answer.file === undefined) throw new Error(`the environment did not start: ${answer.problem ?? ''}`);
  process.env[DEPLOYED_FILE] = answer.file;
}
