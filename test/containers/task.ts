import type { TaskDefinition } from '@aws-sdk/client-ecs';
import {
  AUTHORITIES,
  type ContainerBody,
  type ContainerEngine,
} from '../support/containers/container-engine';
import { until } from '../support/until';
import { asDefined } from './as-defined';

/** What ECS and the network give to a task besides its definition. */
export interface TaskSetting {
  readonly definition: TaskDefinition;
  /** The image that stands for the definition's. */
  readonly image: string;
  readonly network: string;
  /** Addresses by name: the network has no other names. */
  readonly hosts: ReadonlyMap<string, string>;
  /** File of the authorities that are trusted. */
  readonly authority: string;
  /** Variables that ECS sets, as in `NAME=value`. */
  readonly variables: readonly string[];
}

/** One task that runs, or ran. */
export class Task {
  private constructor(
    private readonly engine: ContainerEngine,
    readonly id: string,
    /** The app's, in the network of the tasks. */
    readonly url: string,
    readonly stopSeconds: number,
  ) {}

  static async start(engine: ContainerEngine, setting: TaskSetting): Promise<Task> {
    const body = asDefined(setting.definition);
    const id = await engine.create(withSetting(body, setting));
    await engine.docker('start', id);
    const network = `{{(index .NetworkSettings.Networks "${setting.network}").IPAddress}}`;
    const address = await engine.docker('inspect', '--format', network, id);
    const [container] = setting.definition.containerDefinitions ?? [];
    const port = container?.portMappings?.[0]?.containerPort ?? 0;
    return new Task(engine, id, `http://${address}:${port}`, container?.stopTimeout ?? 30);
  }

  async isReady(): Promise<boolean> {
    const response = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    return response.ok;
  }

  /** Waits until it is ready. @throws Error with what it logged, where it ended */
  async ready(): Promise<void> {
    await until(async () => {
      if (await this.isReady().catch(() => false)) return true;
      if ((await this.state('Running')) === 'true') return false;
      throw new Error(`the task ended: ${await this.log()}`);
    });
  }

  signal(name: NodeJS.Signals): Promise<unknown> {
    return this.engine.docker('kill', '--signal', name, this.id);
  }

  /** As ECS stops a task: it asks, and kills when the definition's time has passed. @returns the exit code, and how long it took */
  async stop(): Promise<{ readonly code: number; readonly seconds: number }> {
    const from = performance.now();
    await this.engine.docker('stop', '--time', String(this.stopSeconds), this.id);
    const seconds = (performance.now() - from) / 1_000;
    return { code: Number(await this.state('ExitCode')), seconds };
  }

  /** What Docker says of it: `Running`, `ExitCode`, `OOMKilled`, `Health.Status`. */
  state(field: string): Promise<string> {
    return this.engine.docker('inspect', '--format', `{{.State.${field}}}`, this.id);
  }

  /** Runs a program in it. @returns what it printed @throws Error where it failed */
  run(...command: string[]): Promise<string> {
    return this.engine.docker('exec', this.id, ...command);
  }

  log(): Promise<string> {
    return this.engine.docker('logs', this.id);
  }
}

function withSetting(body: ContainerBody, setting: TaskSetting): ContainerBody {
  const { image, network, hosts, authority, variables } = setting;
  return {
    ...body,
    Image: image,
    Env: [...((body.Env as readonly string[] | undefined) ?? []), ...variables],
    HostConfig: {
      ...body.HostConfig,
      NetworkMode: network,
      ExtraHosts: [...hosts].map(([name, address]) => `${name}:${address}`),
      Binds: [`${authority}:${AUTHORITIES}:ro`],
    },
  };
}
