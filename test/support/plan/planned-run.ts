/** Plans a configuration on a real engine, as `portcullis plan` does, without an app that synthesizes it. */
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EngineCache } from '../../../cli/src/engines/install/cache';
import type { Run } from '../../../cli/src/engines/process/run';
import { engineEnvironment, findOpenTofu } from '../../../cli/src/engines/programs/opentofu';
import { provideProviders, type ProviderModule } from '../../../cli/src/engines/programs/providers';
import { plannedRun, type PlannedRun } from '../../../cli/src/workspace/planned-run';

export class PlanningFolder {
  private constructor(
    private readonly engine: string,
    readonly folder: string,
    /** The engine's own settings: where it finds providers. */
    private readonly settings: string,
  ) {}

  /** @param providers that configurations use. @default the engine's own alone */
  static async make(
    run: Run,
    name: string,
    providers: readonly ProviderModule[] = [],
  ): Promise<PlanningFolder> {
    const context = { run, cache: new EngineCache(), note: () => undefined };
    const engine = await findOpenTofu(context);
    const settings = providers.length > 0 ? await provideProviders(context, engine, providers) : undefined;
    return new PlanningFolder(engine, await run.subfolder(name), settings ?? '/dev/null');
  }

  /** Plans `configuration` against the state that the folder has. */
  async plan(configuration: object, variables: NodeJS.ProcessEnv = {}): Promise<PlannedRun> {
    await this.synthesize(configuration);
    await this.run(['plan', '-no-color', '-input=false', '-out=reviewed.plan'], variables);
    return plannedRun(this.folder, (args) => this.run(args, variables), { ...process.env, ...variables });
  }

  async apply(configuration: object, variables: NodeJS.ProcessEnv = {}): Promise<void> {
    await this.synthesize(configuration);
    await this.run(['apply', '-no-color', '-input=false', '-auto-approve'], variables);
  }

  private async synthesize(configuration: object): Promise<void> {
    await rm(join(this.folder, '.terraform'), { recursive: true, force: true });
    await writeFile(join(this.folder, 'cdk.tf.json'), JSON.stringify(configuration));
    await this.run(['init', '-no-color', '-input=false']);
  }

  private async run(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<string> {
    const { stdout } = await promisify(execFile)(this.engine, args, {
      cwd: this.folder,
      env: { ...engineEnvironment(), TF_CLI_CONFIG_FILE: this.settings, ...variables },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }
}

/** One of the configurations in `reviewed-twins`. */
export async function twin(name: string): Promise<object> {
  return JSON.parse(await readFile(join(__dirname, 'reviewed-twins', `${name}.json`), 'utf8')) as object;
}
