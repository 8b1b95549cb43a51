/**
 * The repository of a company that imports the packages as they are published, in a folder of its own: packed by npm, beside
 * the packages that it has anyway. Its app is run as cdktf would, its stacks are applied by the real engine.
 */
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Run } from '../../cli/src/engines/process/run';
import { NO_CHANGES } from '../support/no-changes';
import { leaveOut, type Configuration, type LeftOut } from '../support/left-out';

const CHECKOUT = join(__dirname, '../..');
const TSC = join(dirname(require.resolve('tsc/package.json')), 'bin', 'tsc');

/** How the shop's code is written: as at first, with other IDs, or inside other constructs. */
export type Shape = 'first' | 'renamed' | 'nested';

export interface Outcome {
  readonly code: number | null;
  /** Standard output and standard error. */
  readonly output: string;
}

export interface ShopOptions {
  readonly engine: string;
  readonly variables: NodeJS.ProcessEnv;
  readonly leftOut?: readonly LeftOut[];
}

export class Shop {
  private runs = 0;

  private constructor(
    private readonly run: Run,
    readonly folder: string,
    private readonly options: ShopOptions,
  ) {}

  static async open(run: Run, options: ShopOptions): Promise<Shop> {
    const folder = join(run.folder, 'shop');
    await cp(join(__dirname, 'repository'), folder, { recursive: true });
    const shop = new Shop(run, folder, options);
    await shop.install();
    return shop;
  }

  /** As `npm install` would, but for what the checkout has already: that is linked. */
  private async install(): Promise<void> {
    const modules = join(this.folder, 'node_modules');
    await mkdir(join(modules, '@portcullis'), { recursive: true });
    const installed = await readdir(join(CHECKOUT, 'node_modules'));
    for (const name of installed.filter((one) => one !== '@portcullis' && !one.startsWith('.'))) {
      await symlink(join(CHECKOUT, 'node_modules', name), join(modules, name));
    }
    const packed = await this.run.subfolder('packed');
    for (const name of ['runtime', 'constructs']) {
      const args = ['pack', '--silent', '--workspace', name, '--pack-destination', packed];
      await this.complete('npm', args, CHECKOUT);
      const [archive = ''] = (await readdir(packed)).filter((file) => file.includes(`-${name}-`));
      const target = join(modules, '@portcullis', name);
      await mkdir(target);
      await this.complete('tar', ['-xzf', join(packed, archive), '-C', target, '--strip-components=1']);
    }
  }

  /** The compiler's complaints about the shop's code and the packages' types. */
  async complaints(): Promise<string> {
    return (await this.spawn(process.execPath, [TSC, '--project', '.'], this.folder)).output;
  }

  /** Synthesizes all stacks anew. @throws Error with what the app said */
  async synthesize(shape: Shape, variables: NodeJS.ProcessEnv = {}): Promise<void> {
    const asked = { SHAPE: shape, STATES: join(this.folder, 'states'), CDKTF_OUTDIR: this.output };
    const args = ['--require', 'tsx/cjs', 'main.ts'];
    const { code, output } = await this.spawn(process.execPath, args, this.folder, {
      ...asked,
      TERRAFORM_BINARY_NAME: this.options.engine,
      ...variables,
    });
    if (code !== 0) throw new Error(output);
    for (const stack of await readdir(join(this.output, 'stacks'))) await this.leaveOut(stack);
  }

  private async leaveOut(stack: string): Promise<void> {
    const { leftOut } = this.options;
    if (!leftOut) return;
    const configuration = (await this.configuration(stack)) as Configuration;
    const kept = leaveOut(configuration, leftOut).configuration;
    await writeFile(join(this.stackFolder(stack), 'cdk.tf.json'), JSON.stringify(kept));
  }

  /** What is synthesized. */
  async configuration(stack: string): Promise<unknown> {
    return JSON.parse(await readFile(join(this.stackFolder(stack), 'cdk.tf.json'), 'utf8'));
  }

  /** What an apply would do, a line each, as in `create vault_mount.shop-dev`. */
  async changes(stack: string, variables: NodeJS.ProcessEnv = {}): Promise<string[]> {
    await this.engine(stack, ['init', '-input=false'], variables);
    const said = await this.engine(stack, ['plan', '-input=false', '-out=it.plan'], variables);
    if (said.includes(NO_CHANGES)) return [];
    const plan = JSON.parse(await this.shown(stack, variables)) as {
      resource_changes?: { address: string; previous_address?: string; change: { actions: string[] } }[];
    };
    return (plan.resource_changes ?? []).flatMap(({ address, previous_address: previous, change }) => {
      const actions = change.actions.join(' and ');
      if (actions === 'read') return [];
      if (actions === 'no-op') return previous === undefined ? [] : [`move ${address}`];
      return [`${actions} ${address}`];
    });
  }

  private shown(stack: string, variables: NodeJS.ProcessEnv): Promise<string> {
    this.runs += 1;
    return this.run.complete(
      {
        name: `shop-${this.runs}`,
        command: this.options.engine,
        args: ['show', '-json', 'it.plan'],
        cwd: this.stackFolder(stack),
        env: { ...this.options.variables, ...variables },
      },
      { code: 'ERR_ENGINE_FAILED', remedy: 'see what the engine says' },
    );
  }

  /** @throws Error with what the engine said */
  async apply(stack: string, variables: NodeJS.ProcessEnv = {}): Promise<void> {
    await this.engine(stack, ['init', '-input=false'], variables);
    await this.engine(stack, ['apply', '-input=false', '-auto-approve'], variables);
  }

  destroy(stack: string, variables: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const args = ['destroy', '-input=false', '-auto-approve', '-no-color'];
    return this.spawn(this.options.engine, args, this.stackFolder(stack), variables);
  }

  /** @throws Error with what the engine said. @returns what it printed */
  async engine(stack: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<string> {
    const { code, output } = await this.spawn(
      this.options.engine,
      [...args, '-no-color'],
      this.stackFolder(stack),
      variables,
    );
    if (code !== 0) throw new Error(output);
    return output;
  }

  private get output(): string {
    return join(this.folder, 'cdktf.out');
  }

  private stackFolder(stack: string): string {
    return join(this.output, 'stacks', stack);
  }

  private async complete(command: string, args: readonly string[], cwd = this.folder): Promise<void> {
    const { code, output } = await this.spawn(command, args, cwd);
    if (code !== 0) throw new Error(output);
  }

  private async spawn(
    command: string,
    args: readonly string[],
    cwd: string,
    variables: NodeJS.ProcessEnv = {},
  ): Promise<Outcome> {
    this.runs += 1;
    const child = await this.run.spawn({
      name: `shop-${this.runs}`,
      command,
      args: [...args],
      cwd,
      env: { ...this.options.variables, ...variables },
    });
    const { code } = await child.exited;
    return { code, output: await readFile(child.log, 'utf8') };
  }
}
