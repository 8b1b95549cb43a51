/** Names and ARNs in an environment's account: one stack creates what they name, the others know them without asking. */
import { partitionOf } from '@portcullis/constructs';
import type { Policy } from '@portcullis/runtime/policy';
import type { AwsEnvironment } from './environments/define-environment';

export interface AwsNames {
  /** Name of the service, its cluster and its load balancer. */
  readonly service: string;
  /** IAM role of the tasks, by name and by ARN. */
  readonly taskRole: string;
  readonly taskRoleArn: string;
  /** Name of the rate-limit store. */
  readonly store: string;
  /** Name of the service's user there. */
  readonly storeUser: string;
  /** The release that the service names at `/healthz`: the beginning of its image's digest. */
  readonly release: string;
}

/** An account holds one environment, so that no name has to say which. */
export function awsNamesOf({ name }: Policy, { aws: { account, region, image } }: AwsEnvironment): AwsNames {
  const taskRole = `${name}-task`;
  return {
    service: name,
    taskRole,
    taskRoleArn: `arn:${partitionOf(region)}:iam::${account}:role/${taskRole}`,
    store: `${name}-limits`,
    storeUser: name,
    release: image.digest.slice('sha256:'.length, 'sha256:'.length + 12),
  };
}
