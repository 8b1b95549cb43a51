import { LbTargetGroup, type LbTargetGroupHealthCheck } from '@cdktf/provider-aws/lib/lb-target-group';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';

/** What sends requests to the tasks: a load balancer of the service's own, or a rule of a listener that exists already. */
export interface TaskBalancer {
  /** ARN of the listener. */
  readonly listenerArn: string;
  /** ARN of the target group that tasks join. */
  readonly targetGroupArn: string;
  /** Once it is there, ECS takes the target group. */
  readonly attachment: ITerraformDependable;
  /** IDs of the security groups whose members may connect to the listener. */
  readonly clientSecurityGroupIds: readonly string[];
  /** Undefined where there is none in front. */
  readonly networkLoadBalancerArn?: string | undefined;
}

export interface TargetGroupProps {
  /** Name of the target group. */
  readonly name: string;
  /** ID of the VPC that the tasks are in. */
  readonly vpcId: string;
  /** Port of the tasks, which speak HTTP to the load balancer alone. */
  readonly port: number;
}

/** Asks a task, by way of the app, whether it can serve requests. */
export const READY: LbTargetGroupHealthCheck = {
  path: '/readyz',
  matcher: '200',
  interval: 10,
  timeout: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
};

/** The tasks of a service, as a load balancer knows them: those that are ready get requests. */
export function targetGroup(scope: Construct, id: string, props: TargetGroupProps): LbTargetGroup {
  return new LbTargetGroup(scope, id, {
    ...props,
    targetType: 'ip',
    protocol: 'HTTP',
    healthCheck: READY,
    // Seconds: as long as the app waits for requests in flight when it stops.
    deregistrationDelay: '10',
  });
}
