import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What the warden is told; see warden-process.mjs, which obeys it. */
type Order =
  | { readonly watch: number }
  | { readonly forget: number }
  | { readonly folder: string }
  | { readonly forgetFolder: string };

/**
 * Keeps a promise that this process cannot keep itself: when it dies, even by SIGKILL, every process group
 * and folder named here is ended and removed. The warden has a session of its own, so neither a terminal's
 * Ctrl-C nor its closing reaches it, and holds nothing of ours open.
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

  /** Ends the process group of `pid` when we are gone. */
  watch(pid: number): void {
    this.tell({ watch: pid });
  }

  /** To be called as soon as the process has exited: its number may soon be another's. */
  forget(pid: number): void {
    this.tell({ forget: pid });
  }

  /** Removes the folder when we are gone. */
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
