import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The orders that warden-process.mjs obeys. */
type Order =
  | { readonly watch: number }
  | { readonly forget: number }
  | { readonly folder: string }
  | { readonly forgetFolder: string };

/**
 * Keeps a promise that this process cannot keep itself: when it dies, even by SIGKILL, every process, process group
 * and folder named here is ended and removed. The warden has a session of its own, so neither a terminal's
 * Ctrl-C nor its closing reaches it, and holds no file or pipe of this process open.
 */
export class Warden {
  private constructor(private readonly child: ChildProcess) {}

  static async start(): Promise<Warden> {
    const child = fork(join(__dirname, 'warden-process.mjs'), [], {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
      env: {},
      cwd: '/',
    });
    await once(child, 'message');
    child.unref();
    child.channel?.unref();
    return new Warden(child);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /**
   * Makes the warden end it when this process is gone.
   * @param target as kill(2) takes it: a process, or a process group by the negative of its number.
   */
  watch(target: number): void {
    this.tell({ watch: target });
  }

  /** Call it as soon as the process has exited: the system may soon give its number to another process. */
  forget(target: number): void {
    this.tell({ forget: target });
  }

  /** Makes the warden remove the folder when this process is gone. */
  watchFolder(folder: string): void {
    this.tell({ folder });
  }

  forgetFolder(folder: string): void {
    this.tell({ forgetFolder: folder });
  }

  /** Dismisses the warden, who ends whatever was not forgotten. */
  async dismiss(): Promise<void> {
    if (!this.child.connected) return;
    const gone = once(this.child, 'exit');
    this.child.ref();
    this.child.disconnect();
    await gone;
  }

  private tell(order: Order): void {
    if (this.child.connected) this.child.send(order);
  }
}
