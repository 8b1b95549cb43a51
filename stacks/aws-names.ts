/** Names and ARNs in an environment's account: one stack creates what they name, the others know them without asking. */
import { nameWithin, partitionOf } from '@portcullis/constructs';
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
  /** Name of the key of logs. */
  readonly logsKey: string;
}

/** An account may hold several environments, and an environment may be in two regions: names of roles are the account's. */
export function awsNamesOf(policy: Policy, { name: environment, aws }: AwsEnvironment): AwsNames {
  const { account, region } = aws;
  const named = (longest: number, ...parts: readonly string[]): string =>
    nameWithin(longest, policy.name, environment, ...parts);
  const taskRole = named(64, 'task', region);
  return {
    service: named(27),
    taskRole,
    taskRoleArn: `arn:${partitionOf(region)}:iam::${account}:role/${taskRole}`,
    store: named(32, 'limits'),
    storeUser: named(40),
    logsKey: named(200, 'logs'),
  };
}
