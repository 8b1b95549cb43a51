import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Warden } from '../engines/process/warden';
import { PortcullisError, messageOf } from '../errors';
import { typed } from '../terminal/command-name';

/** How long the app may take to end, once it was asked to. */
const GRACE_MS = 15_000;

export interface AppCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Asks the app to end. */
  readonly signal: AbortSignal;
  /** Ends the app should this process be killed. */
  readonly warden: Pick<Warden, 'watch' | 'forget'>;
}

/**
 * Runs the app on this terminal, to its end.
 *
 * @returns its exit code; as a shell has it where a signal ended it.
 * @throws PortcullisError `ERR_SETTING` where there is no such program.
 */
export async function runApp({ command, args, env, signal, warden }: AppCommand): Promise<number> {
  // In our process group, or it could not read from the terminal: the warden is told of the process alone.
  const child = spawn(command, args, { stdio: 'inherit', env });
  const { pid } = child;
  if (pid !== undefined) {
    warden.watch(pid);
    child.once('exit', () => warden.forget(pid));
  }
  let late: NodeJS.Timeout | undefined;
  const stop = (): void => {
    // At a terminal Ctrl-C has reached it already; a second signal would cut its good order short.
    if (!(process.stdin.isTTY && signal.reason === 'SIGINT')) child.kill('SIGTERM');
    late = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  };
  try {
    await once(child, 'spawn');
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    const [code, ended] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + constants.signals[ended ?? 'SIGKILL'];
  } catch (cause) {
    throw new PortcullisError(
      'ERR_SETTING',
      `${JSON.stringify(command)} cannot be run: ${messageOf(cause)}`,
      `give a command after --, as in ${typed('start -- node server.js')}`,
      { cause },
    );
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', stop);
  }
}
