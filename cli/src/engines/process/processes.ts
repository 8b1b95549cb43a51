import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createWriteStream, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { PortcullisError, messageOf } from '../../errors';
import { fullDisk } from '../disk';
import type { Warden } from './warden';

/** The system user a server runs as. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** One child process. Its environment is exactly `env`: no variable of this process reaches a server by accident. */
export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly user?: SystemUser | undefined;
  /** File that takes standard output and standard error, appended. */
  readonly log: string;
  /** Told each line of standard output, as it comes; the line then goes to the log as well. */
  readonly onLine?: (line: string) => void;
  /** The signal that asks it to stop. @default 'SIGTERM' */
  readonly stopSignal?: NodeJS.Signals;
  /** How long it may take to stop, in milliseconds, before it is killed. @default 5000 */
  readonly graceMs?: number;
  /** Opens an IPC channel, over which secrets can be passed without an argument or a file. */
  readonly ipc?: boolean;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * A running child in a session of its own: a terminal's Ctrl-C reaches only us, and we stop the servers in
 * the order that is right for them.
 */
export class ManagedProcess {
  readonly exited: Promise<Exit>;

  private constructor(
    private readonly spec: ProcessSpec,
    readonly pid: number,
    readonly child: ChildProcess,
    warden: Warden,
  ) {
    child.once('exit', () => {
      // This ends what the child started and left behind: nobody else then holds its pipes open.
      signalGroup(pid, 'SIGKILL');
      warden.forget(-pid);
    });
    this.exited = once(child, 'close').then(([code, signal]: (number | NodeJS.Signals | null)[]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
  }

  /**
   * The process runs when this returns its promise: the caller may go on with what keeps this process busy.
   *
   * @throws PortcullisError `ERR_SERVER_FAILED` when the command cannot be run at all.
   */
  static async start(spec: ProcessSpec, warden: Warden): Promise<ManagedProcess> {
    const log = openSync(spec.log, 'a', 0o600);
    try {
      const stdio: StdioOptions = [
        'ignore',
        spec.onLine === undefined ? log : 'pipe',
        log,
        ...(spec.ipc === true ? (['ipc'] as const) : []),
      ];
      const child = spawn(spec.command, spec.args, {
        cwd: spec.cwd,
        env: spec.env,
        detached: true,
        stdio,
        ...spec.user,
      });
      // The warden knows the child before anything is awaited: it ends the child even if this process dies now.
      if (child.pid !== undefined) warden.watch(-child.pid);
      if (spec.onLine !== undefined) readLines(child, spec.log, spec.onLine);
      await once(child, 'spawn');
      return new ManagedProcess(spec, child.pid ?? 0, child, warden);
    } catch (cause) {
      throw new PortcullisError(
        'ERR_SERVER_FAILED',
        `${spec.name} could not be started: ${messageOf(cause)}`,
        `check that ${spec.command} can be run by this user`,
        { cause },
      );
    } finally {
      closeSync(log);
    }
  }

  get name(): string {
    return this.spec.name;
  }

  get log(): string {
    return this.spec.log;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Sends a signal to the process itself. */
  signal(name: NodeJS.Signals): void {
    if (this.running) process.kill(this.pid, name);
  }

  /** What the work resolves to. Rejects as soon as the process has ended: work that waits for it would never end. */
  async whileRunning<T>(work: Promise<T>): Promise<T> {
    const ended = this.exited.then(() => Promise.reject(new Error(`${this.name} ended`)));
    return Promise.race([work, ended]);
  }

  /** Asks the process to end, and kills it when its grace has passed. */
  async stop(): Promise<Exit> {
    const { stopSignal = 'SIGTERM', graceMs = 5_000 } = this.spec;
    this.signal(stopSignal);
    const late = new AbortController();
    const inTime = await Promise.race([
      this.exited.then(() => true),
      delay(graceMs, false, { signal: late.signal }).catch(() => false),
    ]);
    late.abort();
    return inTime ? this.exited : this.kill();
  }

  /** Ends the process and all that it started, now. */
  async kill(): Promise<Exit> {
    if (this.running) signalGroup(this.pid, 'SIGKILL');
    return this.exited;
  }

  /** What to throw when the process ended although it was expected to serve; the end of its log says why. */
  async failure(): Promise<PortcullisError> {
    const { code, signal } = await this.exited;
    const ending = signal ?? `code ${code ?? 'unknown'}`;
    return (
      (await fullDisk(this.name)) ??
      new PortcullisError(
        'ERR_SERVER_FAILED',
        `${this.name} ended with ${ending}`,
        `it said: ${await lastLines(this.log)}`,
      )
    );
  }
}

/** Signals the whole group; it may be gone already. */
function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // Nobody is left to signal.
  }
}

function readLines(child: ChildProcess, log: string, onLine: (line: string) => void): void {
  if (child.stdout === null) return;
  const copy = createWriteStream(log, { flags: 'a', mode: 0o600 });
  // A full disk costs the log, not the process; without a listener the error would end us.
  copy.on('error', () => undefined);
  child.stdout.pipe(copy);
  createInterface({ input: child.stdout }).on('line', onLine);
}

/** The last lines of a log, where a failed program says why: without colours, for they may go into a pipe. */
export async function lastLines(file: string, count = 15): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.length === 0 ? '(it printed nothing)' : lines.slice(-count).join('\n');
}
