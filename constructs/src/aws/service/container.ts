/** The one container of a task, in the words of ECS' task definitions. */
import { isHttpsOrLoopback, type Problem } from '@portcullis/runtime/policy';
import { literal } from '../../core';
import { insideJson, isLater } from '../../core/props/later';
import { looksSecret, shown } from '../../core/props/checks';

export interface ContainerOptions {
  readonly name: string;
  readonly image: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  /** @default none */
  readonly temporaryFolder?: string;
  readonly log: { readonly group: string; readonly region: string };
}

/** User and group that run the app: numbers without any right, whatever the image calls them. */
const USER = '65532:65532';

/** Name of the volume that the temporary folder is. */
export const TEMPORARY_VOLUME = 'temporary';

/**
 * The app's container, and the one that runs before it where the app has a temporary folder.
 *
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
 */
export function containersOf(options: ContainerOptions): object[] {
  const { temporaryFolder } = options;
  if (temporaryFolder === undefined) return [appContainer(options)];
  const opening = opener(options, temporaryFolder);
  const dependsOn = [{ containerName: opening.name, condition: 'SUCCESS' }];
  return [opening, { ...appContainer(options), mountPoints: mountedAt(temporaryFolder), dependsOn }];
}

/** Fargate's volumes belong to root, and nobody else may write to them: this lets the app, and ends. */
function opener({ name, image, log }: ContainerOptions, folder: string): { readonly name: string } {
  const script = `require('node:fs').chmodSync(${JSON.stringify(folder)}, 0o1777)`;
  return {
    name: `${name}-temporary`,
    image,
    essential: false,
    user: '0:0',
    readonlyRootFilesystem: true,
    linuxParameters: { capabilities: { drop: ['ALL'] } },
    entryPoint: ['node'],
    command: ['-e', script],
    mountPoints: mountedAt(folder),
    logConfiguration: logging(name, log),
  } as { readonly name: string };
}

const mountedAt = (containerPath: string) => [
  { sourceVolume: TEMPORARY_VOLUME, containerPath, readOnly: false },
];

/** Variables that the app is told besides its own. */
function told({ port, temporaryFolder }: ContainerOptions): Record<string, string> {
  return { PORT: String(port), ...(temporaryFolder !== undefined && { TMPDIR: temporaryFolder }) };
}

function appContainer(options: ContainerOptions): object {
  const { name, image, port, environment, log } = options;
  return {
    name,
    image,
    essential: true,
    user: USER,
    readonlyRootFilesystem: true,
    linuxParameters: { initProcessEnabled: true, capabilities: { drop: ['ALL'] } },
    portMappings: [{ containerPort: port, protocol: 'tcp' }],
    environment: Object.entries({ ...told(options), ...environment }).map(([key, value]) => ({
      name: key,
      value: insideJson(literal(value)),
    })),
    // ECS asks whether the process is alive. The load balancer asks /readyz whether to send requests.
    healthCheck: {
      command: ['CMD', 'node', '-e', aliveScript(port)],
      interval: 10,
      timeout: 5,
      retries: 3,
      startPeriod: 30,
    },
    stopTimeout: 30,
    logConfiguration: logging(name, log),
  };
}

function logging(name: string, { group, region }: ContainerOptions['log']): object {
  return {
    logDriver: 'awslogs',
    options: { 'awslogs-group': group, 'awslogs-region': region, 'awslogs-stream-prefix': name },
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

/** Variables that the construct sets itself. */
const OWN_VARIABLES = ['PORT', 'TMPDIR'];

/** Problems of variables, above all of those that hold a secret, by their name or by how the value looks. It is not shown. */
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
    if (OWN_VARIABLES.includes(name)) {
      return [{ path, message: `received ${shown(value)}; expected none: the service sets it itself` }];
    }
    const secret = SECRET_NAME.test(name)
      ? 'a variable that is named as a secret'
      : !isLater(value) && looksSecret(value)
        ? 'a value that looks like a secret'
        : undefined;
    if (secret === undefined) return clearTextProblems(path, name, value);
    const message = `received ${secret}, which everyone who may read the task definition would see; keep it in Vault, where the app reads it`;
    return [{ path, message }];
  });
}

/** Secrets travel to Vault and from it. Node has a switch that turns off the proof of who answers, for all connections. */
function clearTextProblems(path: string, name: string, value: string): Problem[] {
  if (isLater(value)) return [];
  if (/^(VAULT|BAO)_ADDR$/.test(name) && !isHttpsOrLoopback(value)) {
    return [{ path, message: `received ${shown(value)}; expected an https: URL, loopback apart` }];
  }
  if (name === 'NODE_TLS_REJECT_UNAUTHORIZED' && value === '0') {
    const expected = 'no such variable: NODE_EXTRA_CA_CERTS names certificates of your own';
    return [{ path, message: `received "0", which accepts any server's certificate; expected ${expected}` }];
  }
  return [];
}
