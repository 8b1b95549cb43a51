import { PortcullisError } from '../../errors';
import { poll } from '../../engines/process/poll';
import type { ManagedProcess } from '../../engines/process/processes';
import type { Run, RunProcess } from '../../engines/process/run';

/** How a kind of server is run: what to start, and how to know that it answers. */
export interface ServerSpec {
  readonly process: RunProcess;
  /** Resolves when the server really answers; throws while it does not yet. It need not end when the server does. */
  readonly answers: (child: ManagedProcess) => Promise<void>;
  readonly startWithinMs?: number;
}

/** A server that a test or a person can stop, kill, freeze and start again, on the same port and data. */
export class Server {
  private constructor(
    private readonly run: Run,
    private readonly spec: ServerSpec,
    private child: ManagedProcess,
  ) {}

  /** Starts it and waits until it answers. What failed to answer is stopped again. */
  static async start(run: Run, spec: ServerSpec): Promise<Server> {
    return new Server(run, spec, await launch(run, spec));
  }

  get pid(): number {
    return this.child.pid;
  }

  get running(): boolean {
    return this.child.running;
  }

  /** The file that takes all that it prints, over every start. */
  get log(): string {
    return this.child.log;
  }

  /** The process of the present start: its IPC channel and its end. */
  get process(): ManagedProcess {
    return this.child;
  }

  async stop(): Promise<void> {
    await this.child.stop();
  }

  /**
   * Sends a signal. SIGKILL and SIGTERM resolve when the process is gone; SIGSTOP freezes it, so that clients
   * hang instead of failing, and SIGCONT lets it go on.
   */
  async kill(signal: NodeJS.Signals): Promise<void> {
    this.child.signal(signal);
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await this.child.exited;
  }

  /** Starts it again after `stop()` or `kill()`; a server that still runs is stopped first. */
  async restart(): Promise<void> {
    if (this.running) await this.stop();
    this.child = await launch(this.run, this.spec);
  }
}

async function launch(run: Run, spec: ServerSpec): Promise<ManagedProcess> {
  const child = await run.spawn(spec.process);
  const { startWithinMs = 60_000 } = spec;
  try {
    await poll(
      () => child.whileRunning(spec.answers(child)),
      { timeoutMs: startWithinMs },
      () => (child.running ? undefined : new Error('ended')),
    );
    return child;
  } catch (cause) {
    if (!child.running) throw await child.failure();
    await child.kill();
    throw new PortcullisError(
      'ERR_SERVER_FAILED',
      `${child.name} did not answer within ${startWithinMs / 1000} s`,
      'try again on a less busy machine',
      { cause },
    );
  }
}
