import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineCache } from '../../../local/cache';
import { engineEnvironment, findOpenTofu } from '../../../local/engines/opentofu';
import { provideProviders, VAULT_PROVIDER } from '../../../local/engines/providers';
import type { Progress } from '../../../local/progress';
import { Run } from '../../../local/run';
import { PlanError } from './errors';
import { readPlan } from './read-plan';
import { summarize, type StackSummary } from './summary';

/** The names of the synthesized stacks, in the order in which they depend on each other. */
export type StackNames = readonly string[];

/**
 * Where stacks are synthesized once and planned: a temporary folder that only its owner can enter, and that
 * goes with the process, for a plan holds what the engine knows, secrets included.
 */
export class Workspace {
  private constructor(
    private readonly run: Run,
    private readonly progress: Progress,
    private readonly engine: string,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly folder: string,
  ) {}

  /** @throws LocalError when there is no engine. */
  static async open(progress: Progress): Promise<Workspace> {
    const run = await Run.open();
    try {
      const context = { run, cache: new EngineCache() };
      const engine = await progress.step('Engine', (note) => findOpenTofu({ ...context, note }));
      const configuration =
        process.env.TF_CLI_CONFIG_FILE ??
        (await progress.step('Providers', (note) =>
          provideProviders({ ...context, note }, engine, [VAULT_PROVIDER]),
        ));
      const folder = await run.subfolder('plan');
      const environment = {
        ...engineEnvironment(),
        TERRAFORM_BINARY_NAME: engine,
        ...(configuration !== undefined && { TF_CLI_CONFIG_FILE: configuration }),
        CDKTF_OUTDIR: folder,
      };
      return new Workspace(run, progress, engine, environment, folder);
    } catch (error) {
      await run.close();
      throw error;
    }
  }

  /**
   * Runs the app that `cdktf.json` names, in the current folder, as `cdktf synth` does.
   *
   * @throws PlanError `ERR_PLAN_SYNTH` with what the app said.
   */
  async synthesize(): Promise<StackNames> {
    const app = await appCommand();
    await this.progress.step('Synth', () =>
      this.complete('ERR_PLAN_SYNTH', {
        name: 'synth',
        command: '/bin/sh',
        args: ['-c', app],
        cwd: process.cwd(),
        env: this.environment,
      }),
    );
    const manifest = JSON.parse(await readFile(join(this.folder, 'manifest.json'), 'utf8')) as Manifest;
    return inOrder(manifest);
  }

  /**
   * Plans a synthesized stack, and keeps the plan for `apply()`.
   *
   * @throws PlanError `ERR_PLAN_ENGINE` with what the engine said.
   */
  plan(stack: string): Promise<StackSummary> {
    return this.progress.step(`Plan ${stack}`, async () => {
      await this.runEngine(stack, ['init', '-no-color']);
      await this.runEngine(stack, ['plan', '-no-color', '-input=false', '-out=reviewed.plan']);
      const text = await this.runEngine(stack, ['show', '-no-color', '-json', 'reviewed.plan']);
      return summarize(stack, readPlan(text));
    });
  }

  /** Applies the very plan that `plan()` made. @throws PlanError `ERR_PLAN_ENGINE` */
  async apply(stack: string): Promise<void> {
    await this.progress.step(`Apply ${stack}`, () =>
      this.runEngine(stack, ['apply', '-no-color', '-input=false', 'reviewed.plan']),
    );
  }

  close(): Promise<void> {
    return this.run.close();
  }

  private runEngine(stack: string, args: readonly string[]): Promise<string> {
    return this.complete('ERR_PLAN_ENGINE', {
      name: `${args[0] ?? ''}-${stack}`,
      command: this.engine,
      args,
      cwd: join(this.folder, 'stacks', stack),
      env: this.environment,
    });
  }

  private complete(
    code: 'ERR_PLAN_SYNTH' | 'ERR_PLAN_ENGINE',
    spec: Parameters<Run['complete']>[0],
  ): Promise<string> {
    return this.run.complete(spec, { code: 'deploy_failed', remedy: '' }).catch((error: unknown) => {
      throw new PlanError(code, error instanceof Error ? error.message.replace(/; $/, '') : String(error));
    });
  }
}

/** What cdktf writes beside the stacks it synthesizes. */
interface Manifest {
  readonly stacks: Readonly<Record<string, { readonly dependencies?: readonly string[] }>>;
}

function inOrder({ stacks }: Manifest): string[] {
  const ordered = new Set<string>();
  const visit = (name: string): void => {
    for (const before of stacks[name]?.dependencies ?? []) visit(before);
    ordered.add(name);
  };
  Object.keys(stacks).forEach(visit);
  return [...ordered];
}

async function appCommand(): Promise<string> {
  const file = join(process.cwd(), 'cdktf.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const app = text === undefined ? undefined : (JSON.parse(text) as { app?: unknown }).app;
  if (typeof app === 'string') return app;
  throw new PlanError(
    'ERR_PLAN_SYNTH',
    `${file} ${text === undefined ? 'is missing' : 'names no "app"'}; run this in the folder of a cdktf app`,
  );
}
