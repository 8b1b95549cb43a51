import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { Problem } from '@portcullis/runtime/policy';
import type { Construct } from 'constructs';
import { unlike } from '../checks';

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

/** @param logs of a gateway, which may be anything where no compiler asked for them. */
export function logProblems(logs: LogOptions | undefined): Problem[] {
  if (!logs) {
    const message =
      'received nothing; expected retentionDays and keyArn: a stage without an access log answers no question later';
    return [{ path: 'logs', message }];
  }
  const { retentionDays, keyArn } = logs;
  const days = RETENTION_DAYS.join(', ');
  return [
    ...(RETENTION_DAYS.includes(retentionDays)
      ? []
      : [{ path: 'logs.retentionDays', message: `received ${retentionDays}; expected one of ${days}` }]),
    ...unlike(
      'logs.keyArn',
      keyArn,
      /^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+$/,
      'the ARN of a key of KMS, not of an alias',
    ),
  ];
}

/** One line of JSON a request: who, what, how it ended, how long it took. Never a token or a query. */
const COMMON = {
  time: '$context.requestTimeEpoch',
  requestId: '$context.requestId',
  status: '$context.status',
  sourceIp: '$context.identity.sourceIp',
  tier: '$context.authorizer.tier',
  organisation: '$context.authorizer.organisation',
  authorizerError: '$context.authorizer.error',
  error: '$context.error.responseType',
  integrationError: '$context.integrationErrorMessage',
  responseLatency: '$context.responseLatency',
  integrationLatency: '$context.integrationLatency',
};

/**
 * Of an HTTP API. A JWT authorizer knows claims, a Lambda authorizer what it was told to pass on: the other one's fields
 * are `-`. Which TLS a client spoke is nothing that an HTTP API can log: it is 1.2 or 1.3, for it takes no other.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
export function httpAccessLogFormat(claims?: {
  readonly tierClaim: string;
  readonly organisationClaim: string;
}): string {
  return JSON.stringify({
    ...COMMON,
    routeKey: '$context.routeKey',
    ...(claims && {
      tierClaim: `$context.authorizer.claims.${claims.tierClaim}`,
      organisationClaim: `$context.authorizer.claims.${claims.organisationClaim}`,
    }),
  });
}

/**
 * Of a REST API.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
export const REST_ACCESS_LOG_FORMAT = JSON.stringify({
  ...COMMON,
  method: '$context.httpMethod',
  // The template, not the path that was asked for: what a client puts there may be secret.
  resource: '$context.resourcePath',
  firewall: '$context.wafResponseCode',
  authorizerLatency: '$context.authorizer.latency',
  tlsVersion: '$context.tlsVersion',
  cipherSuite: '$context.cipherSuite',
  trace: '$context.xrayTraceId',
});
