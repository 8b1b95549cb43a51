/** The one container of a task, in the words of ECS' task definitions. */
import type { Problem } from '@portcullis/runtime/policy';
import { Token } from 'cdktf';

/** An image of a private repository of ECR by its digest. */
export const IMAGE =
  /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.com\/(?<repository>[a-z0-9._/-]+)@sha256:[0-9a-f]{64}$/;

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

/** A variable whose name has one of these words in it holds a secret. */
const SECRET_NAME = /SECRET|PASSW|PASSPHRASE|CREDENTIAL|PRIVATE|TOKEN|(^|_)(API_?)?KEYS?(_|$)/i;
/** A URL with a user, a PEM, and the beginnings of tokens of Vault, AWS and GitHub and of JWTs. */
const SECRET_VALUE =
  /:\/\/[^/@\s]+@|-----BEGIN|^(hv[sbr]|s|b)\.[\w-]{20,}|^A[KS]IA[A-Z0-9]{16}|^gh[pousr]_|^eyJ[\w-]+\./;

/** Problems of variables that hold a secret, by their name or by how the value looks. The value is not shown. */
export function environmentProblems(environment: Readonly<Record<string, string>>): Problem[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    const looksSecret = SECRET_NAME.test(name)
      ? 'a variable that is named as a secret'
      : !Token.isUnresolved(value) && SECRET_VALUE.test(value)
        ? 'a value that looks like a secret'
        : undefined;
    if (looksSecret === undefined) return [];
    const message = `received ${looksSecret}, which everyone who may read the task definition would see; keep it in Vault, where the app reads it`;
    return [{ path: `environment.${name}`, message }];
  });
}
