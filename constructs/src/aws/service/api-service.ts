import { EcsCluster } from '@cdktf/provider-aws/lib/ecs-cluster';
import { EcsService } from '@cdktf/provider-aws/lib/ecs-service';
import { EcsTaskDefinition } from '@cdktf/provider-aws/lib/ecs-task-definition';
import { Construct } from 'constructs';
import { knownAs, nameWithin, refuseProps } from '../../core';
import { isLater, joined } from '../../core/later';
import { logGroup } from '../account/log-group';
import type { PrivateService } from '../gateway/http-api/private-service';
import { onlyInPrivate } from '../network/private-network';
import { letOut, letThrough, securityGroup } from '../network/security-groups';
import { OUTWARD_PORTS, apiServiceProblems, type ApiServiceProps } from './api-service-props';
import { TEMPORARY_VOLUME, containersOf } from './container';
import { byDigest } from './image';
import { InternalLoadBalancer } from './internal-load-balancer';
import { taskExecutionRole, taskRole } from './task-roles';
import { scaleByCpu } from './task-scaling';

/** Port that the app listens on. Without root's rights it may not bind a port below 1024. */
const PORT = 3_000;
/**
 * The app as an ECS service on Fargate, in private subnets behind an internal application load balancer. With it come a
 * cluster, a task definition, two IAM roles, security groups, a log group and target tracking on CPU.
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
 */
export class ApiService extends Construct implements PrivateService {
  readonly listenerArn: string;
  readonly serverName: string;
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
        securityGroups: joined([this.tasksGroup(props, balancer)], props.memberOf),
        assignPublicIp: false,
      },
      loadBalancer: [{ targetGroupArn: balancer.targetGroupArn, containerName: name, containerPort: PORT }],
      // Before it is ready, a task asks Vault, the database and the store.
      healthCheckGracePeriodSeconds: 60,
      propagateTags: 'SERVICE',
      dependsOn: [balancer.listener],
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

  /** The security group of the tasks: who may connect to them, and what they may connect to. */
  private tasksGroup(props: ApiServiceProps, balancer: InternalLoadBalancer): string {
    const { network, name, database, outwardPorts = OUTWARD_PORTS } = props;
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
}
