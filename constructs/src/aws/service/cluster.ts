import { DataAwsEcsCluster } from '@cdktf/provider-aws/lib/data-aws-ecs-cluster';
import { EcsCluster } from '@cdktf/provider-aws/lib/ecs-cluster';
import type { Problem } from '@portcullis/runtime/policy';
import { Fn, Token } from 'cdktf';
import type { Construct } from 'constructs';
import { unlike } from '../../core/props/checks';
import { isLater } from '../../core/props/later';
import type { AwsPlace } from '../account/place';
import { elsewhereProblems } from '../arns';

/** Name of a cluster, or its ARN. */
const CLUSTER = /^(arn:aws[\w-]*:ecs:[\w-]+:\d{12}:cluster\/)?[\w-]{1,255}$/;

export interface Cluster {
  /** What a service names it by. */
  readonly reference: string;
  readonly name: string;
}

/** A cluster of the service's own. */
export function ownCluster(scope: Construct, name: string): Cluster {
  const cluster = new EcsCluster(scope, 'cluster', {
    name,
    setting: [{ name: 'containerInsights', value: 'enabled' }],
  });
  return { reference: cluster.arn, name: cluster.name };
}

/** A cluster that exists already, by its name or ARN. The plan fails if there is none. */
export function existingCluster(scope: Construct, given: string): Cluster {
  // The service would be made anew if the same cluster were named in another way.
  const name = isLater(given) ? Token.asString(Fn.regex('[^/]+$', given)) : given.replace(/^.*\//, '');
  new DataAwsEcsCluster(scope, 'cluster', { clusterName: name });
  return { reference: name, name };
}

export function clusterProblems(cluster: string, here: AwsPlace | undefined): Problem[] {
  return [
    ...unlike('cluster', cluster, CLUSTER, 'the name or the ARN of an ECS cluster'),
    ...(CLUSTER.test(cluster) ? elsewhereProblems('cluster', cluster, here ?? {}) : []),
  ];
}
