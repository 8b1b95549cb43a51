import { EcsService } from '@cdktf/provider-aws/lib/ecs-service';
import { EcsTaskDefinition } from '@cdktf/provider-aws/lib/ecs-task-definition';
import { Construct } from 'constructs';
import { knownAs, nameWithin, refuseProps } from '../../core';
import { refuseCollisions } from '../account/collisions';
import { isLater, joined } from '../../core/props/later';
import { logGroup } from '../account/log-group';
import type { PrivateService } from '../gateway/http-api/private-service';
import { onlyInPrivate } from '../network/private-network';
import { letIn, letOut, letThrough, securityGroup } from '../network/security-groups';
import { OUTWARD_PORTS, apiServiceProblems, type ApiServiceProps } from './api-service-props';
import { TEMPORARY_VOLUME, containersOf } from './container';
import { existingCluster, ownCluster } from './cluster';
import { ListenerRule, hostOf } from './existing-listener';
import { byDigest } from '../images/image';
import { InternalLoadBalancer } from './internal-load-balancer';
import type { TaskBalancer } from './target-group';
import { taskExecutionRole, taskRole } from './task-roles';
import { scaleByCpu } from './task-scaling';

/** Port that the app listens on. Without root's rights it may not bind a port below 1024. */
const PORT = 3_000;

/**
 * The app as an ECS service on Fargate, in private subnets behind an internal application load balancer. With it come a
 * cluster, a task definition, two IAM roles, security groups, a log group and target tracking on CPU. With `cluster` and
 * `listener` it joins what a platform team has made: then it brings a listener rule and a target group instead.
 *
 * The image is named by its digest. It runs without root's rights, on a file system that it cannot write to but for
 * `temporaryFolder`. It has to bring `node`, and to listen on the port that `PORT` names. ECS rolls back a deployment whose
 * tasks do not get ready. A task receives requests while its `/readyz` answers 200, and runs while `/healthz` does.
 *
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
 *
 * @example
 * const service = new ApiService(this, 'api', {
 *   place,
 *   network,
 *   name: 'orders-prod',
 *   taskRole: 'orders-prod-task',
 *   image: `333333333333.dkr.ecr.eu-central-1.amazonaws.com/orders@sha256:${'0a'.repeat(32)}`,
 *   environment: { VAULT_ADDR: 'https://vault.example.com' },
 *   permissions: [storeAccess(place, { store: 'orders-limits', user: 'orders' })],
 *   memberOf: [],
 *   database: { securityGroupId: 'sg-6a1b2c3d', port: 5_432 },
 *   serverName: 'api.internal.example.com',
 *   certificateArn: 'arn:aws:acm:eu-central-1:333333333333:certificate/0a1b2c3d',
 *   cpu: 512,
 *   memory: 1_024,
 *   tasks: { min: 2, max: 10 },
 *   logs,
 * });
 *
 * @example
 * new ApiService(this, 'api', {
 *   place,
 *   network,
 *   name: 'orders-prod',
 *   taskRole: 'orders-prod-task',
 *   image: `333333333333.dkr.ecr.eu-central-1.amazonaws.com/orders@sha256:${'0a'.repeat(32)}`,
 *   environment: { VAULT_ADDR: 'https://vault.example.com' },
 *   permissions: [],
 *   memberOf: [],
 *   cluster: 'platform',
 *   listener: {
 *     arn: 'arn:aws:elasticloadbalancing:eu-central-1:333333333333:listener/app/shared/0a1b2c3d4e5f6071/8192a3b4c5d6e7f8',
 *     priority: 210,
 *     hosts: ['orders.internal.example.com'],
 *     securityGroupId: 'sg-0a1b2c3d',
 *     clientSecurityGroupIds: ['sg-4e5f6071'],
 *   },
 *   serverName: 'orders.internal.example.com',
 *   cpu: 512,
 *   memory: 1_024,
 *   tasks: { min: 2, max: 10 },
 *   logs,
 * });
 */
export class ApiService extends Construct implements PrivateService {
  readonly listenerArn: string;
  readonly serverName: string;
  /** Host that requests bear. Undefined unless the rule of a `listener` asks for one. */
  readonly host: string | undefined;
  /** Paths that the rule of a `listener` asks for. Undefined unless it does. */
  readonly paths: readonly string[] | undefined;
  readonly subnetIds: readonly string[];
  /** Security groups for the gateway's network interfaces: their members may connect to the listener. */
  readonly securityGroupIds: readonly string[];
  /** Undefined unless `networkLoadBalancer` asked for one. */
  readonly networkLoadBalancerArn: string | undefined;

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: ApiServiceProps) {
    super(scope, id);
    refuseProps(this, apiServiceProblems(props));
    const { name, network, tasks } = props;
    knownAs(this, 'service', name);
    refuseCollisions(this, props.place);
    const tasksGroup = this.tasksGroup(props);
    const balancer = this.balancer(props, tasksGroup);
    this.listenerArn = balancer.listenerArn;
    this.serverName = props.serverName;
    this.host = props.listener && hostOf(props.listener);
    this.paths = props.listener?.paths;
    this.subnetIds = network.privateSubnetIds;
    this.securityGroupIds = balancer.clientSecurityGroupIds;
    this.networkLoadBalancerArn = balancer.networkLoadBalancerArn;

    const cluster =
      props.cluster === undefined ? ownCluster(this, name) : existingCluster(this, props.cluster);
    const service = new EcsService(this, 'service', {
      name,
      cluster: cluster.reference,
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
        securityGroups: joined([tasksGroup], props.memberOf),
        assignPublicIp: false,
      },
      loadBalancer: [{ targetGroupArn: balancer.targetGroupArn, containerName: name, containerPort: PORT }],
      // Before it is ready, a task asks Vault, the database and the store.
      healthCheckGracePeriodSeconds: 60,
      propagateTags: 'SERVICE',
      dependsOn: [balancer.attachment],
      // The scaling decides how many tasks there are.
      lifecycle: { ...onlyInPrivate(this, network), ignoreChanges: ['desired_count'] },
    });
    scaleByCpu(this, { cluster: cluster.name, service: service.name, ...tasks });
  }

  private task(props: ApiServiceProps): EcsTaskDefinition {
    const { place, registry = place, name, image, cpu, memory, logs } = props;
    const { executionRole = nameWithin(64, name, 'execution', place.region) } = props;
    const log = logGroup(this, 'log', `/portcullis/${name}/service`, logs);
    return new EcsTaskDefinition(this, 'task', {
      family: name,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: String(cpu),
      memory: String(memory),
      runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'X86_64' },
      executionRoleArn: taskExecutionRole(this, {
        place,
        registry,
        name: executionRole,
        image,
        logArn: log.arn,
      }),
      taskRoleArn: taskRole(this, { place, name: props.taskRole, permissions: props.permissions }),
      containerDefinitions: JSON.stringify(
        containersOf({ ...props, port: PORT, log: { group: log.name, region: place.region } }),
      ),
      ...(isLater(image) && { lifecycle: { precondition: [byDigest(image, registry)] } }),
      ...(props.temporaryFolder !== undefined && { volume: [{ name: TEMPORARY_VOLUME }] }),
    });
  }

  /** The security group of the tasks, and what they may connect to. */
  private tasksGroup({ network, name, database, outwardPorts = OUTWARD_PORTS }: ApiServiceProps): string {
    const tasks = securityGroup(this, 'tasks', {
      vpcId: network.vpcId,
      name: `${name}-tasks`,
      description: `The tasks of ${name}`,
    });
    if (database) {
      letThrough(this, 'queries', {
        from: tasks,
        to: database.securityGroupId,
        port: database.port,
        description: `Queries of ${name}`,
      });
    }
    for (const port of outwardPorts) {
      letOut(this, `outward-${port}`, { from: tasks, port, description: 'Vault, identity provider, AWS' });
    }
    return tasks;
  }

  /** What sends requests to the tasks, and may connect to them for it. */
  private balancer(
    { listener, certificateArn = '', ...props }: ApiServiceProps,
    tasks: string,
  ): TaskBalancer {
    const requests = { to: tasks, port: PORT, description: 'Requests, from the load balancer' };
    if (listener !== undefined) {
      letIn(this, 'requests', { from: listener.securityGroupId, ...requests });
      const { name, network } = props;
      const group = { name, vpcId: network.vpcId, port: PORT };
      return new ListenerRule(this, 'balancer', { ...group, listener });
    }
    const own = new InternalLoadBalancer(this, 'balancer', { ...props, certificateArn, port: PORT });
    letThrough(this, 'requests', { from: own.securityGroupId, ...requests });
    return own;
  }
}
