import type { Problem } from '@portcullis/runtime/policy';
import { logProblems, type LogOptions } from '../account/log-group';
import { permissionProblems, type Permission } from '../account/permission';
import { placeProblems, type AwsPlace } from '../account/place';
import { CERTIFICATE_ARN, ROLE_NAME, SECURITY_GROUP_ID, elsewhereProblems, sameOrLater } from '../arns';
import { isLater, known } from '../../core/props/later';
import {
  HOST_NAME,
  each,
  isList,
  repeated,
  unless,
  unlike,
  wholeNumber,
  within,
} from '../../core/props/checks';
import { networkProblems, type PrivateNetwork } from '../network/private-network';
import { environmentProblems } from './container';
import { clusterProblems } from './cluster';
import { listenerProblems, type ExistingListener } from './existing-listener';
import { IMAGE, IMAGE_EXPECTED } from '../images/image';

export interface ApiServiceProps {
  /** Account and region that it is in. */
  readonly place: AwsPlace;
  /** The VPC and the private subnets that its tasks run in. */
  readonly network: PrivateNetwork;
  /**
   * Name of the service, and of its cluster and load balancer where it has its own: unique in account and region, so it says
   * which environment it is of, as in `orders-prod`.
   */
  readonly name: string;
  /** Name of the app's IAM role, unique in the account. Vault lets the holders of that role log in. */
  readonly taskRole: string;
  /** Name of the IAM role by which ECS starts tasks, unique in the account. @default `<name>-execution-<region>` */
  readonly executionRole?: string;
  /** An image of ECR by its digest: `<account>.dkr.ecr.<region>.amazonaws.com/<name>@sha256:<digest>`. */
  readonly image: string;
  /** Whose registry the image is in, where a company shares one. @default that of the service's own account and region */
  readonly registry?: AwsPlace;
  /**
   * Environment variables, such as addresses. Never a secret: whoever may read a task definition reads them. `PORT`, where
   * the app has to listen, is set by the construct.
   */
  readonly environment: Readonly<Record<string, string>>;
  /** What the app may do in AWS. */
  readonly permissions: readonly Permission[];
  /** IDs of security groups made elsewhere that the tasks join, to reach what those groups let in. */
  readonly memberOf: readonly string[];
  /** The database, which is there already: its security group's ID, and its port. @default the app has none */
  readonly database?: { readonly securityGroupId: string; readonly port: number };
  /** Ports that tasks may connect to anywhere: those of Vault, the identity provider and AWS. @default [443] */
  readonly outwardPorts?: readonly number[];
  /**
   * Name or ARN of an ECS cluster that exists already. Nothing of it is changed. @default a cluster of the service's own
   */
  readonly cluster?: string;
  /**
   * A listener that exists already, for which the service gets a rule and a target group. Nothing else of its load balancer
   * is changed. @default a load balancer of the service's own
   */
  readonly listener?: ExistingListener;
  /** Host name that the load balancer's certificate is for. */
  readonly serverName: string;
  /** ARN of that certificate of ACM. @default none, with `listener`: it has its own */
  readonly certificateArn?: string;
  /** CPU units of a task: 1024 are one vCPU. */
  readonly cpu: number;
  /** Memory of a task, in MiB. */
  readonly memory: number;
  /**
   * Folder that the app may write to, as in `/tmp`: empty at each start, on the task's own encrypted storage. `TMPDIR` names
   * it. Before the app starts, its image runs once more, as root without a capability, to open the folder to it.
   * @default none: the app can write nowhere
   */
  readonly temporaryFolder?: string;
  /** Fewest and most tasks that run. How many there are depends on their load. */
  readonly tasks: { readonly min: number; readonly max: number };
  /** Adds the network load balancer that VPC links of REST APIs want. @default false */
  readonly networkLoadBalancer?: boolean;
  /** How its logs are kept. */
  readonly logs: LogOptions;
}

/** Ports that tasks connect to anywhere, unless props say otherwise. */
export const OUTWARD_PORTS: readonly number[] = [443];

/** Sizes that Fargate has: by CPU units, the least and the most memory in MiB, in steps of one GiB. */
const SIZES: Readonly<Record<number, readonly [least: number, most: number]>> = {
  256: [512, 2_048],
  512: [1_024, 4_096],
  1024: [2_048, 8_192],
  2048: [4_096, 16_384],
  4096: [8_192, 30_720],
};

/** Everything that is wrong with a service's props. */
export function apiServiceProblems(props: ApiServiceProps): Problem[] {
  const { place, registry = place, network, name, image, cpu, memory, outwardPorts = [] } = props;
  const { environment, permissions, memberOf } = props;
  const [least, most] = SIZES[cpu] ?? [0, 0];
  const sized = memory >= least && memory <= most && (memory % 1_024 === 0 || memory === 512);
  const sizes = Object.keys(SIZES).join(', ');
  const pairs = 'Fargate has pairs of CPU and memory';
  return [
    ...known('name', name, 'names of other things are made of it'),
    ...known('outwardPorts', outwardPorts, 'a rule is made for each'),
    ...known('networkLoadBalancer', props.networkLoadBalancer, 'it says what is made'),
    ...known('cpu', cpu, pairs),
    ...known('memory', memory, pairs),
    ...within('place', place, (given) => placeProblems('place', given)),
    ...(registry === place ? [] : within('registry', registry, (given) => placeProblems('registry', given))),
    ...within('network', network, networkProblems),
    // A load balancer's name has at most 32 characters, and `-rest` is appended to it.
    ...unlike('name', name, /^[a-z](-?[a-z0-9]){0,26}$/, 'at most 27 letters, digits and single "-"'),
    ...unlike('taskRole', props.taskRole, ROLE_NAME, 'the name of a role'),
    ...(props.executionRole === undefined
      ? []
      : unlike('executionRole', props.executionRole, ROLE_NAME, 'the name of a role')),
    ...unlike('image', image, IMAGE, IMAGE_EXPECTED),
    ...foreignImageProblems(image, registry),
    ...within('environment', environment, environmentProblems),
    ...permissionProblems('permissions', permissions),
    ...memberProblems(memberOf),
    ...(props.database === undefined ? [] : within('database', props.database, databaseProblems)),
    ...each('outwardPorts', outwardPorts, (port, path) => wholeNumber(path, port, 1, 65_535)),
    ...repeated('outwardPorts', outwardPorts),
    ...unlike('serverName', props.serverName, HOST_NAME, 'a host name'),
    ...(props.listener === undefined ? certificateProblems(props) : ownBalancerProblems(props)),
    ...(props.cluster === undefined ? [] : clusterProblems(props.cluster, place)),
    ...(props.listener === undefined
      ? []
      : within('listener', props.listener, (listener) => listenerProblems(listener, place))),
    ...unless(cpu in SIZES, 'cpu', cpu, `one of ${sizes}`),
    ...(cpu in SIZES
      ? unless(sized, 'memory', memory, `${least} to ${most} MiB in steps of 1024, as Fargate has it`)
      : []),
    ...(props.temporaryFolder === undefined ? [] : folderProblems(props.temporaryFolder)),
    ...within('tasks', props.tasks, ({ min, max }) => [
      ...wholeNumber('tasks.min', min, 1, 5_000),
      ...wholeNumber('tasks.max', max, min, 5_000),
    ]),
    ...logProblems(props.logs, (place as AwsPlace | undefined)?.region),
  ];
}

function certificateProblems({ certificateArn, place }: ApiServiceProps): readonly Problem[] {
  if (certificateArn === undefined) {
    const expected = "the ARN of ACM's certificate, or a `listener` that exists already";
    return [{ path: 'certificateArn', message: `received nothing; expected ${expected}` }];
  }
  return [
    ...unlike('certificateArn', certificateArn, CERTIFICATE_ARN, "the ARN of ACM's certificate"),
    ...(CERTIFICATE_ARN.test(certificateArn)
      ? within('place', place, (here) => elsewhereProblems('certificateArn', certificateArn, here))
      : []),
  ];
}

/** Props of a load balancer of the service's own, which it does not have with a listener that exists already. */
function ownBalancerProblems({ certificateArn, networkLoadBalancer }: ApiServiceProps): Problem[] {
  return [
    ...unless(
      certificateArn === undefined,
      'certificateArn',
      certificateArn,
      'none: the listener that is given has its own',
    ),
    ...unless(
      networkLoadBalancer !== true,
      'networkLoadBalancer',
      networkLoadBalancer,
      'none: name the one in front of that listener to the gateway',
    ),
  ];
}

/** Another account's image needs that account's consent, and another region's a way there: both fail when tasks start. */
function foreignImageProblems(image: string, registry: AwsPlace | null | undefined): Problem[] {
  const { account, region } = IMAGE.exec(image)?.groups ?? {};
  if (account === undefined || !registry) return [];
  if (sameOrLater(account, registry.account) && sameOrLater(region, registry.region)) return [];
  const expected = `one of account ${registry.account} in ${registry.region}, or \`registry\` to say whose it is`;
  return [{ path: 'image', message: `received ${JSON.stringify(image)}; expected ${expected}` }];
}

/** A network interface has five security groups at most, and one is the service's own. */
function memberProblems(ids: readonly string[]): readonly Problem[] {
  if (isLater(ids) || !isList(ids)) return each('memberOf', ids, () => []);
  return [
    ...unless(ids.length <= 4, 'memberOf', ids.length, 'four security groups at most'),
    ...unless(new Set(ids).size === ids.length, 'memberOf', ids, 'security groups that differ'),
    ...each('memberOf', ids, (id, path) => unlike(path, id, SECURITY_GROUP_ID, 'the ID of a security group')),
  ];
}

/** Mounted over a folder of the image's own, the volume would hide what is in it. */
function folderProblems(folder: string): Problem[] {
  const before = known('temporaryFolder', folder, 'root runs a script with it');
  if (before.length > 0) return before;
  const own =
    /^\/(?!(app|bin|dev|etc|home|lib\w*|opt|proc|root|run|s?bin|sys|usr)(\/|$))[\w.-]+(\/[\w.-]+)*$/;
  const right = typeof folder === 'string' && own.test(folder) && !folder.split('/').includes('..');
  return unless(
    right,
    'temporaryFolder',
    folder,
    'an absolute path with nothing of the image in it, such as "/tmp"',
  );
}

function databaseProblems({ securityGroupId, port }: NonNullable<ApiServiceProps['database']>): Problem[] {
  return [
    ...unlike('database.securityGroupId', securityGroupId, SECURITY_GROUP_ID, 'the ID of a security group'),
    ...wholeNumber('database.port', port, 1, 65_535),
  ];
}
