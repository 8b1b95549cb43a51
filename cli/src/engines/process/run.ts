import { chmod, chown, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { PortcullisError, type PortcullisErrorCode } from '../../errors';
import { explainDiskError, fullDisk } from '../disk';
import { lastLines, ManagedProcess, type SystemUser, type ProcessSpec } from './processes';
import { Warden } from './warden';

/** A process as a server module describes it. The run adds where its log is. */
export type RunProcess = Omit<ProcessSpec, 'log'>;

/** How the folders of runs begin, among the temporary files. */
export const RUN_PREFIX = 'portcullis-';

/** What to say when a program fails. */
export interface Failure {
  readonly code: PortcullisErrorCode;
  readonly remedy: string;
}

/**
 * One run of the local environment: a temporary folder, the processes started in it, and the warden that
 * ends both if this process dies. `close()` leaves nothing of the run behind, whatever state it was in.
 */
export class Run {
  private readonly processes = new Set<ManagedProcess>();
  private closed = false;

  private constructor(
    readonly folder: string,
    readonly warden: Warden,
  ) {}

  /** @throws PortcullisError `ERR_DISK` */
  static async open(): Promise<Run> {
    const folder = await mkdtemp(join(tmpdir(), RUN_PREFIX)).catch(async (error: unknown) => {
      throw await explainDiskError(error, tmpdir());
    });
    const warden = await Warden.start(folder).catch(async (error: unknown) => {
      await rm(folder, { recursive: true });
      throw error;
    });
    // Servers that run as another user pass through this folder; each folder inside is closed to all others.
    await chmod(folder, 0o711);
    const run = new Run(folder, warden);
    await run.subfolder('logs');
    await symlink(process.execPath, join(await run.subfolder('node'), 'node'));
    return run;
  }

  /** A new folder of the run that only its owner may enter. */
  async subfolder(name: string, owner?: SystemUser): Promise<string> {
    const folder = join(this.folder, name);
    await mkdir(folder, { mode: 0o700 });
    if (owner !== undefined) await chown(folder, owner.uid, owner.gid);
    return folder;
  }

  /**
   * The environment in which `node` is the Node that runs us, whatever PATH says: `cdktf.json` starts the app by that
   * name. The folder put before the others holds nothing else: every other program stays where it was found.
   */
  withThisNode(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const path = [join(this.folder, 'node'), environment.PATH].filter(Boolean).join(delimiter);
    return { ...environment, PATH: path };
  }

  logOf(name: string): string {
    return join(this.folder, 'logs', `${name}.log`);
  }

  async spawn(spec: RunProcess): Promise<ManagedProcess> {
    const child = await ManagedProcess.start({ ...spec, log: this.logOf(spec.name) }, this.warden);
    if (this.closed) {
      await child.kill();
      throw new Error(`${spec.name} was not started: the run is closed`);
    }
    this.processes.add(child);
    void child.exited.then(() => this.processes.delete(child));
    return child;
  }

  /**
   * Runs a program to its end and gives back its standard output.
   * @throws PortcullisError of that code, with the end of what it printed
   */
  async complete(spec: RunProcess, failure: Failure): Promise<string> {
    const lines: string[] = [];
    const onLine = (line: string): void => {
      lines.push(line);
      spec.onLine?.(line);
    };
    const child = await this.spawn({ ...spec, onLine });
    const { code } = await child.exited;
    if (code === 0) return lines.join('\n');
    const said = await lastLines(child.log);
    throw (
      (await fullDisk(spec.name)) ??
      new PortcullisError(failure.code, `${spec.name} failed: ${said}`, failure.remedy)
    );
  }

  /**
   * Stops what still runs, last started first, and removes the folder. What is still being started elsewhere
   * fails from here on.
   */
  async close(): Promise<void> {
    this.closed = true;
    for (const child of [...this.processes].reverse()) await child.stop();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    this.warden.forgetFolder();
    await this.warden.dismiss();
  }
}
