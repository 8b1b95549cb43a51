/** A stack that a test makes itself, synthesized and applied by the real engine to a real OpenBao. */
import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import { relaxProviderPin } from '@portcullis/constructs';
import { App, LocalBackend, TerraformStack } from 'cdktf';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineCache } from '../../cli/src/engines/install/cache';
import { Run } from '../../cli/src/engines/process/run';
import { findOpenBao } from '../../cli/src/engines/programs/openbao';
import { engineEnvironment, findOpenTofu } from '../../cli/src/engines/programs/opentofu';
import { provideProviders, VAULT_PROVIDER } from '../../cli/src/engines/programs/providers';
import { VaultClient } from '../../cli/src/engines/vault-client';
import { startOpenBao, type OpenBaoServer } from '../../cli/src/local/servers/openbao';

const START_TIMEOUT_MS = 600_000; // an engine that is not cached yet is built first

export interface Outcome {
  readonly code: number | null;
  /** Standard output and standard error. */
  readonly output: string;
}

export class AppliedStack {
  private runs = 0;

  private constructor(
    readonly run: Run,
    readonly vault: OpenBaoServer,
    readonly admin: VaultClient,
    private readonly engine: string,
    private readonly engineConfiguration: string | undefined,
    private readonly folder: string,
  ) {}

  static async open(run: Run): Promise<AppliedStack> {
    const context = { run, cache: new EngineCache(), note: () => undefined };
    const engine = await findOpenTofu(context);
    const configuration = await provideProviders(context, engine, [VAULT_PROVIDER]);
    const vault = await startOpenBao(run, { binary: await findOpenBao(context) });
    const admin = new VaultClient(vault.address, vault.rootToken);
    return new AppliedStack(run, vault, admin, engine, configuration, await run.subfolder('applied'));
  }

  /** Synthesizes the stack anew, in place of what it was. */
  async synthesize(build: (stack: TerraformStack) => void): Promise<void> {
    await rm(this.output, { recursive: true, force: true });
    const app = new App({ outdir: this.output });
    const stack = new TerraformStack(app, 'applied');
    new LocalBackend(stack, { path: join(this.folder, 'applied.tfstate') });
    new VaultProvider(stack, 'vault', {});
    relaxProviderPin(stack, 'vault');
    build(stack);
    app.synth();
    const { code, output } = await this.runEngine(['init', '-input=false', '-no-color']);
    if (code !== 0) throw new Error(output);
  }

  apply(variables: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return this.runEngine(['apply', '-auto-approve', '-input=false', '-no-color'], variables);
  }

  destroy(): Promise<Outcome> {
    return this.runEngine(['destroy', '-auto-approve', '-input=false', '-no-color']);
  }

  /** What an apply would change, a line each, as in `create vault_mount.secret`. */
  async changes(): Promise<string[]> {
    const planned = await this.runEngine(['plan', '-input=false', '-no-color', '-out=it.plan']);
    if (planned.code !== 0) throw new Error(planned.output);
    const { output } = await this.runEngine(['show', '-json', 'it.plan']);
    const plan = JSON.parse(output) as {
      resource_changes?: { address: string; previous_address?: string; change: { actions: string[] } }[];
    };
    return (plan.resource_changes ?? []).flatMap(({ address, previous_address: previous, change }) => {
      if (change.actions.join() === 'no-op') return previous === undefined ? [] : [`move ${address}`];
      return [`${change.actions.join(' and ')} ${address}`];
    });
  }

  private get output(): string {
    return join(this.folder, 'out');
  }

  private async runEngine(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    this.runs += 1;
    const child = await this.run.spawn({
      name: `applied-${this.runs}`,
      command: this.engine,
      args,
      cwd: join(this.output, 'stacks', 'applied'),
      env: {
        ...engineEnvironment(),
        ...(this.engineConfiguration !== undefined && { TF_CLI_CONFIG_FILE: this.engineConfiguration }),
        VAULT_ADDR: this.vault.address,
        VAULT_TOKEN: this.vault.rootToken,
        ...variables,
      },
    });
    const { code } = await child.exited;
    return { code, output: await readFile(child.log, 'utf8') };
  }
}

/** Starts the server before a file's tests and stops it after. Nothing is applied yet. */
export function useAppliedStack(): () => AppliedStack {
  let run: Run | undefined;
  let applied: AppliedStack | undefined;
  beforeAll(async () => {
    run = await Run.open();
    applied = await AppliedStack.open(run);
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await run?.close();
  });
  return () => {
    if (applied === undefined) throw new Error('the server is there only while tests run');
    return applied;
  };
}
