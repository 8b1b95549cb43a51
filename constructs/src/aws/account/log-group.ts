import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { Problem } from '@portcullis/runtime/policy';
import type { Construct } from 'constructs';
import { KMS_KEY_ARN, elsewhereProblems } from '../arns';
import { unless, unlike, within } from '../../core/props/checks';
import { guardProblems } from '../../core/props/guard';

/** How the logs of a construct are kept. */
export interface LogOptions {
  /** Days for which lines are kept: one of the numbers that CloudWatch Logs takes. */
  readonly retentionDays: number;
  /** ARN of the KMS key that encrypts them. The key's policy has to let CloudWatch Logs use it. */
  readonly keyArn: string;
  /**
   * Whether the engine refuses to destroy the log groups, and with them all that they hold: who called, who was refused.
   * @default true
   */
  readonly preventDestroy?: boolean;
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** A log group of CloudWatch Logs, which is kept unless the options say otherwise. */
export function logGroup(scope: Construct, id: string, name: string, logs: LogOptions): CloudwatchLogGroup {
  return new CloudwatchLogGroup(scope, id, {
    name,
    retentionInDays: logs.retentionDays,
    kmsKeyId: logs.keyArn,
    lifecycle: { preventDestroy: logs.preventDestroy ?? true },
  });
}

/**
 * @param logs what a construct was given: without a compiler, it may be nothing.
 * @param region the region of what logs, if that is known. @default any
 */
export function logProblems(logs: LogOptions | undefined, region?: string): readonly Problem[] {
  if (!logs) {
    const message =
      'received nothing; expected retentionDays and keyArn: a stage without an access log answers no question later';
    return [{ path: 'logs', message }];
  }
  const days = RETENTION_DAYS.join(', ');
  return within('logs', logs, ({ retentionDays, keyArn, preventDestroy = true }) => [
    ...unless(RETENTION_DAYS.includes(retentionDays), 'logs.retentionDays', retentionDays, `one of ${days}`),
    ...unlike('logs.keyArn', keyArn, KMS_KEY_ARN, 'the ARN of a key of KMS, not of an alias'),
    ...(KMS_KEY_ARN.test(keyArn) && region !== undefined
      ? elsewhereProblems('logs.keyArn', keyArn, { region })
      : []),
    ...guardProblems('logs.preventDestroy', preventDestroy),
  ]);
}
