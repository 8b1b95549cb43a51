import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { Problem } from '@portcullis/runtime/policy';
import type { Construct } from 'constructs';

export interface LogOptions {
  /** Days for which lines are kept: one of those that CloudWatch Logs knows. */
  readonly retentionDays: number;
  /** ARN of the KMS key that encrypts them. Its policy has to let CloudWatch Logs use it. */
  readonly keyArn: string;
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export function logGroup(scope: Construct, id: string, name: string, logs: LogOptions): CloudwatchLogGroup {
  return new CloudwatchLogGroup(scope, id, {
    name,
    retentionInDays: logs.retentionDays,
    kmsKeyId: logs.keyArn,
  });
}

export function logProblems({ retentionDays }: LogOptions): Problem[] {
  if (RETENTION_DAYS.includes(retentionDays)) return [];
  const message = `received ${retentionDays}; expected one of ${RETENTION_DAYS.join(', ')}`;
  return [{ path: 'logs.retentionDays', message }];
}

/**
 * One line of JSON a request: who, what, how it ended, how long it took. Never a token or a query. A JWT
 * authorizer knows claims, a Lambda authorizer what it was told to pass on: the other one's fields are `-`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
export function httpAccessLogFormat(claims?: {
  readonly tierClaim: string;
  readonly organisationClaim: string;
}): string {
  return JSON.stringify({
    time: '$context.requestTimeEpoch',
    requestId: '$context.requestId',
    routeKey: '$context.routeKey',
    status: '$context.status',
    sourceIp: '$context.identity.sourceIp',
    tier: '$context.authorizer.tier',
    organisation: '$context.authorizer.organisation',
    ...(claims && {
      tierClaim: `$context.authorizer.claims.${claims.tierClaim}`,
      organisationClaim: `$context.authorizer.claims.${claims.organisationClaim}`,
    }),
    authorizerError: '$context.authorizer.error',
    error: '$context.error.responseType',
    integrationError: '$context.integrationErrorMessage',
    tlsVersion: '$context.tlsVersion',
    responseLatency: '$context.responseLatency',
    integrationLatency: '$context.integrationLatency',
  });
}
