import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy';
import { AppautoscalingTarget } from '@cdktf/provider-aws/lib/appautoscaling-target';
import type { Construct } from 'constructs';

export interface TaskScaling {
  readonly cluster: string;
  readonly service: string;
  readonly min: number;
  readonly max: number;
}

/** CPU use that the scaling aims at. It leaves room for one of three zones to fail: the other two take its load. */
const CPU_PERCENT = 60;

/** Target tracking on CPU: adds tasks after a minute of load, removes them after five minutes without. */
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
