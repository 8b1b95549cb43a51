import { EcsCluster } from '@cdktf/provider-aws/lib/ecs-cluster';
import { EcsService } from '@cdktf/provider-aws/lib/ecs-service';
import { EcsTaskDefinition } from '@cdktf/provider-aws/lib/ecs-task-definition';
import type { Problem } from '@portcullis/runtime/policy';
import { Construct } from 'constructs';
import { refuseProps } from '../../core';
import { logGroup, logProblems, type LogOptions } from '../gateway/access-log';
import { unless, unlike, wholeNumber } from '../checks';
import { containerOf, environmentProblems, IMAGE } from './container';
import type { AwsPlace } from '../account/encryption-key';
import { InternalLoadBalancer } from './internal-load-balancer';
import { permissionProblems, type Permission } from '../account/permission';
import { networkProblems, onlyInPrivate, type PrivateNetwork } from '../network/private-network';
import type { PrivateService } from '../gateway/http-api/private-service';
import { letOut, letThrough, securityGroup } from '../network/security-groups';
import { taskExecutionRole, taskRole } from './task-roles';
import { scaleByCpu } from './task-scaling';

export interface ApiServiceProps {
  readonly place: AwsPlace;
  readonly network: PrivateNetwork;
  /** Of the service, its cluster and its load balancer. */
  readonly name: string;
  /** Of the role that the app has, which others name: Vault lets it log in. */
  readonly taskRole: string;
  /** A repository of ECR and what is in it: `<account>.dkr.ecr.<region>.amazonaws.com/<name>@sha256:<digest>`. */
  readonly image: string;
  /** Where things are. Never a secret: anyone who may read a task definition reads them. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the app may do in AWS. */
  readonly permissions: readonly Permission[];
  /** Security groups made elsewhere that its tasks are members of: those of what it connects to. */
  readonly memberOf: readonly string[];
  readonly database: { readonly securityGroupId: string; readonly port: number };
  /** Ports that it connects to anywhere: Vault, the identity provider and AWS itself. @default [443] */
  readonly outwardPorts?: readonly number[];
  /** What the load balancer's certificate says its name is, and that certificate of ACM. */
  readonly serverName: string;
  readonly certificateArn: string;
  /** Units of Fargate (1024 are one CPU), and MiB. */
  readonly cpu: number;
  readonly memory: number;
  /** How many run, by how much there is to do. */
  readonly tasks: { readonly min: number; readonly max: number };
  /** Adds the network load balancer that VPC links of REST APIs want. @default false */
  readonly networkLoadBalancer?: boolean;
  readonly logs: LogOptions;
}

/** The app listens here; it may not bind a port below 1024. */
const PORT = 3_000;
/** Fargate has these sizes: CPU units, and from which memory to which, in MiB, by steps of one GiB. */
const SIZES: Readonly<Record<number, readonly [least: number, most: number]>> = {
  256: [512, 2_048],
  512: [1_024, 4_096],
  1024: [2_048, 8_192],
  2048: [4_096, 16_384],
  4096: [8_192, 30_720],
};

/**
 * The app as an ECS service on Fargate, in private subnets behind an internal load balancer. What runs is named by
 * its digest, as nobody in particular, on a file system that it cannot write to. A deployment whose tasks do not
 * get ready is taken back. A task is sent requests while its `/readyz` says so.
 */
export class ApiService extends Construct implements PrivateService {
  readonly listenerArn: string;
  readonly serverName: string;
  readonly subnetIds: readonly string[];
  /** For the gateway's network interfaces: members may connect to the listener. */
  readonly securityGroupIds: readonly string[];
  /** Where it was asked for. */
  readonly networkLoadBalancerArn: string | undefined;

  /** @throws ConstructError `ERR_PROPS` with everything that is wrong at once. */
  constructor(scope: Construct, id: string, props: ApiServiceProps) {
    super(scope, id);
    refuseProps(this, problemsOf(props));
    const { name, network, tasks } = props;
    const balancer = new InternalLoadBalancer(this, 'balancer', { ...props, port: PORT });
    this.listenerArn = balancer.listenerArn;
    this.serverName = props.serverName;
    this.subnetIds = network.privateSubnetIds;
    this.securityGroupIds = [balancer.clientsSecurityGroupId];
    this.networkLoadBalancerArn = balancer.networkLoadBalancerArn;

    const cluster = new EcsCluster(this, 'cluster', {
      name,
      setting: [{ name: 'containerInsights', value: 'enabled' }],
    });
    const service = new EcsService(this, 'service', {
      name,
      cluster: cluster.arn,
      taskDefinition: this.task(props).arn,
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      desiredCount: tasks.min,
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      enableExecuteCommand: false,
      networkConfiguration: {
        subnets: [...network.privateSubnetIds],
        securityGroups: [this.tasksGroup(props, balancer), ...props.memberOf],
        assignPublicIp: false,
      },
      loadBalancer: [{ targetGroupArn: balancer.targetGroupArn, containerName: name, containerPort: PORT }],
      // Vault, the database and the store are asked first.
      healthCheckGracePeriodSeconds: 60,
      propagateTags: 'SERVICE',
      dependsOn: [balancer.listener],
      // How many there are is up to the scaling.
      lifecycle: { ...onlyInPrivate(this, network), ignoreChanges: ['desired_count'] },
    });
    scaleByCpu(this, { cluster: cluster.name, service: service.name, ...tasks });
  }

  private task(props: ApiServiceProps): EcsTaskDefinition {
    const { place, name, image, cpu, memory, logs } = props;
    const log = logGroup(this, 'log', `/portcullis/${name}/service`, logs);
    return new EcsTaskDefinition(this, 'task', {
      family: name,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: String(cpu),
      memory: String(memory),
      runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'X86_64' },
      executionRoleArn: taskExecutionRole(this, { place, name: `${name}-execution`, image, logArn: log.arn }),
      taskRoleArn: taskRole(this, { place, name: props.taskRole, permissions: props.permissions }),
      containerDefinitions: JSON.stringify([
        containerOf({ ...props, port: PORT, log: { group: log.name, region: place.region } }),
      ]),
    });
  }

  /** Of the tasks: what may connect to them, and what they connect to. */
  private tasksGroup(props: ApiServiceProps, balancer: InternalLoadBalancer): string {
    const { network, name, database, outwardPorts = [443] } = props;
    const tasks = securityGroup(this, 'tasks', {
      vpcId: network.vpcId,
      name: `${name}-tasks`,
      description: `The tasks of ${name}`,
    });
    letThrough(this, 'requests', {
      from: balancer.securityGroupId,
      to: tasks,
      port: PORT,
      description: 'Requests, from the load balancer',
    });
    letThrough(this, 'queries', {
      from: tasks,
      to: database.securityGroupId,
      port: database.port,
      description: `Queries of ${name}`,
    });
    for (const port of outwardPorts) {
      letOut(this, `outward-${port}`, { from: tasks, port, description: 'Vault, identity provider, AWS' });
    }
    return tasks;
  }
}

function problemsOf(props: ApiServiceProps): Problem[] {
  const { network, name, image, cpu, memory, tasks, database, outwardPorts = [] } = props;
  const [least, most] = SIZES[cpu] ?? [0, 0];
  const sized = memory >= least && memory <= most && (memory % 1_024 === 0 || memory === 512);
  const sizes = Object.keys(SIZES).join(', ');
  return [
    ...networkProblems(network),
    // A load balancer's name has 32 characters, and `-rest` has to fit.
    ...unlike('name', name, /^[a-z](-?[a-z0-9]){0,26}$/, 'at most 27 letters, digits and single "-"'),
    ...unlike('taskRole', props.taskRole, /^[\w+=,.@-]{1,64}$/, 'the name of a role'),
    ...unlike(
      'image',
      image,
      IMAGE,
      'a repository of ECR and a digest, as in <account>.dkr.ecr.<region>.amazonaws.com/<name>@sha256:<64 digits>, for a tag can be moved',
    ),
    ...environmentProblems(props.environment),
    ...permissionProblems('permissions', props.permissions),
    ...unlike(
      'database.securityGroupId',
      database.securityGroupId,
      /^sg-[0-9a-f]+$/,
      'the ID of a security group',
    ),
    ...[database.port, ...outwardPorts].flatMap((port, index) =>
      wholeNumber(index === 0 ? 'database.port' : `outwardPorts[${index - 1}]`, port, 1, 65_535),
    ),
    ...unlike('serverName', props.serverName, /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i, 'a host name'),
    ...unlike(
      'certificateArn',
      props.certificateArn,
      /^arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/,
      "the ARN of ACM's certificate",
    ),
    ...unless(cpu in SIZES, 'cpu', cpu, `one of ${sizes}`),
    ...(cpu in SIZES
      ? unless(sized, 'memory', memory, `${least} to ${most} MiB in steps of 1024, as Fargate has it`)
      : []),
    ...wholeNumber('tasks.min', tasks.min, 1, 5_000),
    ...wholeNumber('tasks.max', tasks.max, tasks.min, 5_000),
    ...logProblems(props.logs),
  ];
}
