import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineCache } from '../engines/install/cache';
import { engineEnvironment, findOpenTofu, installedEngines } from '../engines/programs/opentofu';
import { goPlatform, PROVIDERS, provideProviders } from '../engines/programs/providers';
import type { Progress } from '../engines/progress';
import { Run } from '../engines/process/run';
import type { Configuration } from './configuration';
import type { App } from './find-app';
import { keepLock, lockFileOf, refuseSharedState, useLock } from './lock-file';
import { PLAN_FILE, plannedRun, type PlannedRun } from './planned-run';
import { synthesize, type StackNames } from './synthesize';

/** The platform that the repository's jobs run on. */
const RUNNERS = 'linux_amd64';

/**
 * A temporary folder in which stacks are synthesized once, planned and applied. Only its owner can enter it, and it
 * is removed when the process ends: a plan holds everything that the engine knows, secrets included.
 */
export class Workspace {
  private environment: NodeJS.ProcessEnv = {
    ...engineEnvironment(),
    // Modules are fetched to the stack's folder, where the digest counts them.
    TF_DATA_DIR: undefined,
  };
  private engine = '';

  private constructor(
    private readonly run: Run,
    private readonly progress: Progress,
    /** Probably the engine; nobody has asked it yet. */
    private readonly likely: string | undefined,
    private folder: string,
    readonly app: App,
  ) {}

  static async open(app: App, progress: Progress): Promise<Workspace> {
    const run = await Run.open();
    try {
      const [likely] = await installedEngines();
      return new Workspace(run, progress, likely, await run.subfolder('plan'), app);
    } catch (error) {
      await run.close();
      throw error;
    }
  }

  /**
   * Runs the app in its folder, as `cdktf synth` does, and meanwhile asks the engine which version it is. Where another
   * engine is used after all, the app runs again: it is told which one there is. The app runs when this returns its promise.
   *
   * @throws PortcullisError when there is no engine, whatever the app said; `ERR_SYNTH` with what the app said.
   */
  async synthesize(): Promise<StackNames> {
    const { run, likely } = this;
    const context = { run, cache: new EngineCache() };
    const finding = this.progress.step('Engine', (note) => findOpenTofu({ ...context, note }));
    const running = likely === undefined ? undefined : this.runApp(likely);
    // Both are over before anything else happens, and without an engine nobody asks what became of the app.
    await Promise.allSettled([finding, running]);
    this.engine = await finding;
    if (running !== undefined && this.engine === likely) return running;
    // Nothing of what it wrote for another engine is planned.
    this.folder = await run.subfolder('plan-again');
    return this.runApp(this.engine);
  }

  private runApp(engine: string): Promise<StackNames> {
    this.environment = { ...this.environment, TERRAFORM_BINARY_NAME: engine };
    return this.progress.step('Synth', () => synthesize(this.run, this.app, this.folder, this.environment));
  }

  /**
   * Makes the providers of synthesized stacks available, before any of these is planned.
   *
   * @throws PortcullisError when there is neither a registry nor a way to build one.
   */
  async provide(stacks: StackNames): Promise<void> {
    if (process.env.TF_CLI_CONFIG_FILE !== undefined) return;
    const wanted = new Set<string>();
    for (const stack of stacks) {
      const text = await readFile(join(this.folderOf(stack), 'cdk.tf.json'), 'utf8');
      const { terraform } = JSON.parse(text) as Requirements;
      for (const { source } of Object.values(terraform?.required_providers ?? {})) wanted.add(source);
    }
    const providers = PROVIDERS.filter(({ source }) => wanted.has(source));
    const context = { run: this.run, cache: new EngineCache() };
    const configuration = await this.progress.step('Providers', (note) =>
      provideProviders({ ...context, note }, this.engine, providers),
    );
    if (configuration !== undefined) {
      this.environment = { ...this.environment, TF_CLI_CONFIG_FILE: configuration };
    }
  }

  /**
   * Writes the lock file of a synthesized stack, for runners and for this machine. Versions that it pins already stay.
   *
   * @returns the file.
   * @throws PortcullisError `ERR_ENGINE_FAILED` with what the engine said.
   */
  lock(stack: string): Promise<string> {
    return this.progress.step(`Lock ${stack}`, async () => {
      await useLock(this.lockOf(stack), this.folderOf(stack));
      const platforms = [...new Set([RUNNERS, goPlatform()])].map((platform) => `-platform=${platform}`);
      await this.runEngine(stack, ['providers', 'lock', '-no-color', ...platforms]);
      return keepLock(this.lockOf(stack), this.folderOf(stack));
    });
  }

  /**
   * Plans a synthesized stack, and keeps the plan for `apply()`.
   *
   * @returns the plan, and all that decides what it does. It holds secrets.
   * @throws PortcullisError `ERR_LOCK_MISSING` when its state is shared and its providers are not pinned,
   * `ERR_ENGINE_FAILED` with what the engine said.
   */
  plan(stack: string): Promise<PlannedRun> {
    return this.progress.step(`Plan ${stack}`, async () => {
      const locked = await useLock(this.lockOf(stack), this.folderOf(stack));
      if (!locked) await refuseSharedState(stack, this.lockOf(stack), this.folderOf(stack));
      await this.runEngine(stack, ['init', '-no-color', ...(locked ? ['-lockfile=readonly'] : [])]);
      const planned = await plannedRun(
        this.folderOf(stack),
        (args) => this.runEngine(stack, args),
        this.environment,
      );
      return planned.lineage === undefined
        ? { ...planned, earlierState: await this.earlierState(stack, planned) }
        : planned;
    });
  }

  private async earlierState(stack: string, { configuration }: PlannedRun): Promise<string | undefined> {
    const { earlierState } = await import('./earlier-state.js');
    const folder = join(this.folder, 'earlier', stack);
    return earlierState(JSON.parse(configuration) as Configuration, folder, (args) =>
      this.runEngine(stack, args, folder),
    );
  }

  /** Applies the very plan that `plan()` made. @throws PortcullisError `ERR_ENGINE_FAILED` */
  async apply(stack: string): Promise<void> {
    await this.progress.step(`Apply ${stack}`, () =>
      this.runEngine(stack, ['apply', '-no-color', '-input=false', PLAN_FILE]),
    );
  }

  close(): Promise<void> {
    return this.run.close();
  }

  private runEngine(stack: string, args: readonly string[], cwd = this.folderOf(stack)): Promise<string> {
    return this.run.complete(
      {
        name: `${args[0] ?? ''}-${stack}`,
        command: this.engine,
        args,
        cwd,
        env: this.environment,
      },
      { code: 'ERR_ENGINE_FAILED', remedy: 'mend what the engine says' },
    );
  }

  private lockOf(stack: string): string {
    return lockFileOf(this.app.folder, stack);
  }

  private folderOf(stack: string): string {
    return join(this.folder, 'stacks', stack);
  }
}

/** The part of a synthesized stack that says what it needs. */
interface Requirements {
  readonly terraform?: {
    readonly required_providers?: Readonly<Record<string, { readonly source: string }>>;
  };
}
