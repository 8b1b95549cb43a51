/** A folder of somebody's configuration in HCL, planned with the engine alone: no Portcullis, and no cdktf. */
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EngineCache } from '../../../cli/src/engines/install/cache';
import type { Run } from '../../../cli/src/engines/process/run';
import { engineEnvironment, findOpenTofu } from '../../../cli/src/engines/programs/opentofu';
import { provideProviders, type ProviderModule } from '../../../cli/src/engines/programs/providers';

/** The binary plan that `plan()` leaves in the folder. */
export const PLAN = 'plan.bin';

export class HclFolder {
  private constructor(
    private readonly engine: string,
    readonly folder: string,
    private readonly settings: string,
  ) {}

  /** @param providers beside the engine's own */
  static async make(run: Run, name: string, providers: readonly ProviderModule[] = []): Promise<HclFolder> {
    const context = { run, cache: new EngineCache(), note: () => undefined };
    const engine = await findOpenTofu(context);
    const settings = providers.length > 0 ? await provideProviders(context, engine, providers) : undefined;
    return new HclFolder(engine, await run.subfolder(name), settings ?? '/dev/null');
  }

  /** Another one, with the same providers. */
  async another(run: Run, name: string): Promise<HclFolder> {
    return new HclFolder(this.engine, await run.subfolder(name), this.settings);
  }

  /** @returns whether it could be applied whole */
  async apply(files: Readonly<Record<string, string>>): Promise<boolean> {
    await this.write(files);
    return this.engineRun('apply', '-input=false', '-auto-approve').then(
      () => true,
      () => false,
    );
  }

  /** @returns the file with what `show -json` prints of the plan, whether it could be made whole or not */
  async plan(files: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<string> {
    await this.write(files);
    // Of a plan that fails the engine keeps what it has.
    await this.engineRun('plan', '-input=false', `-out=${PLAN}`, ...args).catch(() => undefined);
    const file = join(this.folder, 'plan.json');
    await writeFile(file, await this.engineRun('show', '-json', PLAN));
    return file;
  }

  async engineRun(command: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(this.engine, [command, '-no-color', ...args], {
      cwd: this.folder,
      env: { ...engineEnvironment(), TF_CLI_CONFIG_FILE: this.settings },
      maxBuffer: 256 * 1024 * 1024,
    });
    return stdout;
  }

  private async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const name of ['main.tf', 'more.tf']) await rm(join(this.folder, name), { force: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(this.folder, name), text);
    await this.engineRun('init', '-input=false');
  }
}
