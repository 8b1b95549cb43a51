import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy';
import { AppautoscalingTarget } from '@cdktf/provider-aws/lib/appautoscaling-target';
import type { Construct } from 'constructs';

export interface TaskScaling {
  readonly cluster: string;
  readonly service: string;
  readonly min: number;
  readonly max: number;
}

/** Room for a zone that goes away: of three, the other two take its half. */
const CPU_PERCENT = 60;

/** As many tasks as keep their processors about half busy: more at once, fewer after a while. */
export function scaleByCpu(scope: Construct, { cluster, service, min, max }: TaskScaling): void {
  const target = new AppautoscalingTarget(scope, 'scaling', {
    serviceNamespace: 'ecs',
    scalableDimension: 'ecs:service:DesiredCount',
    resourceId: `service/${cluster}/${service}`,
    minCapacity: min,
    maxCapacity: max,
  });
  new AppautoscalingPolicy(scope, 'by-cpu', {
    name: 'by-cpu',
    policyType: 'TargetTrackingScaling',
    serviceNamespace: target.serviceNamespace,
    scalableDimension: target.scalableDimension,
    resourceId: target.resourceId,
    targetTrackingScalingPolicyConfiguration: {
      predefinedMetricSpecification: { predefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      targetValue: CPU_PERCENT,
      scaleOutCooldown: 60,
      scaleInCooldown: 300,
    },
  });
}
