import { App } from 'cdktf';
import type { Construct } from 'constructs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from '../../cli/src/engines/process/run';
import { policy } from '../../policy';
import { bodies } from '../../bodies';
import { DataStack } from '../../stacks/data-stack';
import { EdgeStack, type EdgeStackProps } from '../../stacks/edge-stack';
import type { AwsEnvironment } from '../../stacks/environments/define-environment';
import { ServiceStack } from '../../stacks/service-stack';
import type { Account } from './account';
import { AwsEngine } from './engine';
import { NO_CHANGES } from '../support/no-changes';
import { leaveOut, type Configuration } from '../support/left-out';
import { LEFT_OUT } from './left-out';

/** The stacks of an environment. */
const STACKS = {
  data: DataStack,
  service: ServiceStack,
  edge: EdgeStack,
} satisfies Record<string, new (scope: Construct, props: EdgeStackProps) => unknown>;

export type Part = keyof typeof STACKS;
/** Each after those that it reads from. */
export const PARTS: readonly Part[] = ['data', 'service', 'edge'];

/** The image that is deployed. moto pulls none. */
export const IMAGE_DIGEST = `sha256:${'1'.repeat(64)}`;

/** A plan as `show -json` has it, as far as tests read it. */
export interface Plan {
  readonly planned_values: {
    readonly root_module: {
      readonly resources: readonly {
        readonly type: string;
        readonly values: Readonly<Record<string, unknown>>;
      }[];
    };
  };
}

interface Change {
  readonly actions: readonly string[];
  readonly before?: Readonly<Record<string, unknown>> | null;
  readonly after?: Readonly<Record<string, unknown>> | null;
}

function changedArguments({ before, after }: Change): string[] {
  return Object.keys(after ?? {}).filter(
    (name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]),
  );
}

/** The stacks of an environment, synthesized for an account, and the engine to apply them there. */
export class EdgeDeployment {
  private constructor(
    private readonly engine: AwsEngine,
    private readonly folder: string,
    private readonly environment: AwsEnvironment,
  ) {}

  static async open(run: Run, account: Account, environment: AwsEnvironment): Promise<EdgeDeployment> {
    return EdgeDeployment.by(await AwsEngine.open(run, account), run, environment);
  }

  /** The same states, planned for by somebody who names no image. */
  async withoutImage(): Promise<EdgeDeployment> {
    const folder = join(this.folder, 'without-image');
    await mkdir(folder);
    synthesize(this.engine.command, join(folder, 'out'), this.environment, undefined);
    return new EdgeDeployment(this.engine, folder, this.environment);
  }

  /** One of several that an engine applies. */
  static async by(engine: AwsEngine, run: Run, environment: AwsEnvironment): Promise<EdgeDeployment> {
    const folder = await run.subfolder(`edge-${environment.name}-${environment.aws.region}`);
    const synthesized: AwsEnvironment = {
      ...environment,
      // The state of a test is the test's own; what encrypts it is not the account's, which forgets.
      backend: { kind: 'local', directory: folder },
      encryption: { keyProvider: 'passphrase' },
      // It is destroyed in the end.
      disposable: true,
    };
    synthesize(engine.command, join(folder, 'out'), synthesized, IMAGE_DIGEST);
    return new EdgeDeployment(engine, folder, synthesized);
  }

  /** What the whole stack would make. @returns the file of the plan as JSON */
  async plan(part: Part): Promise<string> {
    await this.initialize(part);
    await this.runEngine(part, 'plan', '-input=false', '-out=whole.plan');
    const file = join(this.folder, `${part}-${this.environment.name}.json`);
    await writeFile(file, await this.runEngine(part, 'show', '-json', 'whole.plan'));
    return file;
  }

  async initialize(part: Part): Promise<void> {
    await this.runEngine(part, 'init', '-input=false');
  }

  /** Leaves out what moto cannot do, for all that follows. @returns a line for each */
  async leaveOut(part: Part): Promise<readonly string[]> {
    const file = join(this.stackFolder(part), 'cdk.tf.json');
    const { configuration, lines } = leaveOut(
      JSON.parse(await readFile(file, 'utf8')) as Configuration,
      LEFT_OUT,
    );
    await writeFile(file, JSON.stringify(configuration));
    return lines;
  }

  /**
   * As whoever deploys would, it is tried once more where it fails: moto, which answers many requests at once, does not
   * always. What the engine said is printed. An apply that can never work fails twice.
   */
  async apply(part: Part): Promise<void> {
    const apply = (): Promise<string> => this.runEngine(part, 'apply', '-input=false', '-auto-approve');
    await apply().catch((error: unknown) => {
      process.stderr.write(`applied once more, after: ${String(error)}\n`);
      return apply();
    });
  }

  /** The changes that would be made if it were applied again, a line each: what is done, where, and to which arguments. */
  async pendingChanges(part: Part): Promise<string[]> {
    const said = await this.runEngine(part, 'plan', '-input=false', '-out=again.plan');
    if (said.includes(NO_CHANGES)) return [];
    const plan = JSON.parse(await this.runEngine(part, 'show', '-json', 'again.plan')) as {
      resource_changes?: { address: string; change: Change }[];
    };
    return (plan.resource_changes ?? []).flatMap(({ address, change }) =>
      change.actions.every((action) => action === 'no-op' || action === 'read')
        ? []
        : [`${change.actions.join(' and ')} ${address}: ${changedArguments(change).join(', ')}`],
    );
  }

  async destroy(part: Part): Promise<void> {
    await this.runEngine(part, 'destroy', '-input=false', '-auto-approve');
  }

  private stackFolder(part: Part): string {
    return join(this.folder, 'out', 'stacks', `${part}-${this.environment.name}`);
  }

  private runEngine(part: Part, ...args: string[]): Promise<string> {
    return this.engine.in(this.stackFolder(part), `${part}-${this.environment.name}`, ...args);
  }
}

function synthesize(
  engine: string,
  outdir: string,
  environment: AwsEnvironment,
  imageDigest: string | undefined,
): void {
  const before = process.env.TERRAFORM_BINARY_NAME;
  // What cdktf tells the app: only OpenTofu encrypts its state.
  process.env.TERRAFORM_BINARY_NAME = engine;
  try {
    const app = new App({ outdir });
    for (const Stack of Object.values(STACKS)) new Stack(app, { policy, environment, bodies, imageDigest });
    app.synth();
  } finally {
    if (before === undefined) delete process.env.TERRAFORM_BINARY_NAME;
    else process.env.TERRAFORM_BINARY_NAME = before;
  }
}
