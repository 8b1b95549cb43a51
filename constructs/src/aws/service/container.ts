/** The one container of a task, in the words of ECS' task definitions. */
import type { Problem } from '@portcullis/runtime/policy';
import { Token } from 'cdktf';
import { looksSecret, shown } from '../../core/checks';

/** An image of a private repository of ECR by its digest. */
export const IMAGE =
  /^(?<account>\d{12})\.dkr\.ecr\.(?<region>cn-[a-z0-9-]+(?=\.amazonaws\.com\.cn\/)|(?!cn-)[a-z0-9-]+(?=\.amazonaws\.com\/))\.amazonaws\.com(\.cn)?\/(?<repository>[a-z0-9._/-]+)@sha256:[0-9a-f]{64}$/;

export interface ContainerOptions {
  readonly name: string;
  readonly image: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: { readonly group: string; readonly region: string };
}

/** User and group that run the app: numbers without any right, whatever the image calls them. */
const USER = '65532:65532';

/** The container's definition. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html */
export function containerOf({ name, image, port, environment, log }: ContainerOptions): object {
  return {
    name,
    image,
    essential: true,
    user: USER,
    readonlyRootFilesystem: true,
    linuxParameters: { initProcessEnabled: true, capabilities: { drop: ['ALL'] } },
    portMappings: [{ containerPort: port, protocol: 'tcp' }],
    environment: Object.entries(environment).map(([key, value]) => ({ name: key, value })),
    // ECS asks whether the process is alive. The load balancer asks /readyz whether to send requests.
    healthCheck: {
      command: ['CMD', 'node', '-e', aliveScript(port)],
      interval: 10,
      timeout: 5,
      retries: 3,
      startPeriod: 30,
    },
    stopTimeout: 30,
    logConfiguration: {
      logDriver: 'awslogs',
      options: { 'awslogs-group': log.group, 'awslogs-region': log.region, 'awslogs-stream-prefix': name },
    },
  };
}

/** In JavaScript: a slim image has no curl. */
function aliveScript(port: number): string {
  return `fetch('http://127.0.0.1:${port}/healthz').then(({ok})=>process.exit(ok?0:1),()=>process.exit(1))`;
}

/** Names of variables. ECS has its own, and whoever sets those of AWS' credentials replaces the role of the task. */
const VARIABLE_NAME =
  /^(?!(ECS|AWS_(CONTAINER|EXECUTION|ACCESS|SECRET|SESSION|SECURITY))_)[A-Za-z_][A-Za-z0-9_]*$/;

/** A variable whose name has one of these words in it holds a secret. */
const SECRET_NAME = /SECRET|PASSW|PASSPHRASE|CREDENTIAL|PRIVATE|TOKEN|(^|_)(API_?)?KEYS?(_|$)/i;
/** Problems of variables that hold a secret, by their name or by how the value looks. The value is not shown. */
export function environmentProblems(environment: Readonly<Record<string, string>>): Problem[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    const path = `environment.${name}`;
    // A shell cannot set such a variable, and AWS' own would replace the role of the task.
    if (!VARIABLE_NAME.test(name)) {
      const expected = 'letters, digits and "_", and none of the names that ECS sets itself';
      return [{ path, message: `received the name ${shown(name)}; expected ${expected}` }];
    }
    if (typeof value !== 'string') {
      return [{ path, message: `received ${shown(value)}; expected a text` }];
    }
    const secret = SECRET_NAME.test(name)
      ? 'a variable that is named as a secret'
      : !Token.isUnresolved(value) && looksSecret(value)
        ? 'a value that looks like a secret'
        : undefined;
    if (secret === undefined) return [];
    const message = `received ${secret}, which everyone who may read the task definition would see; keep it in Vault, where the app reads it`;
    return [{ path, message }];
  });
}
