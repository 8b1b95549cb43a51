import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { policy } from '../../../policy';
import type { Applied } from '../applied';

/** What every line says, whichever the gateway is. */
const SAYS = {
  tier: '$context.authorizer.tier',
  organisation: '$context.authorizer.organisation',
  authorizerError: '$context.authorizer.error',
  status: '$context.status',
  responseLatency: '$context.responseLatency',
  integrationLatency: '$context.integrationLatency',
};

/** @returns the format of a line. */
export async function expectAccessLog(
  { account, environment }: Applied,
  kind: 'http-api' | 'rest-api',
  destinationArn: string | undefined,
  format: string | undefined,
): Promise<Record<string, string>> {
  const { logGroups = [] } = await new CloudWatchLogsClient(account.client).send(
    new DescribeLogGroupsCommand({
      logGroupNamePrefix: `/portcullis/${policy.name}-${environment.name}/${kind}`,
    }),
  );
  expect(logGroups).toHaveLength(1);
  // The group, without the streams in it.
  expect(destinationArn).toBe(logGroups[0]?.arn?.replace(/:\*$/, ''));
  const line = JSON.parse(format ?? '') as Record<string, string>;
  expect(line).toMatchObject(SAYS);
  expect(Object.values(line)).not.toContainEqual(
    expect.stringMatching(/header|querystring|\$context\.path/i),
  );
  return line;
}
