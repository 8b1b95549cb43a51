import { ACMClient, ListCertificatesCommand } from '@aws-sdk/client-acm';
import {
  APIGatewayClient,
  GetDomainNamesCommand as GetRestDomainNamesCommand,
  GetRestApisCommand,
  GetVpcLinksCommand as GetRestVpcLinksCommand,
} from '@aws-sdk/client-api-gateway';
import {
  ApiGatewayV2Client,
  GetApisCommand,
  GetDomainNamesCommand,
  GetVpcLinksCommand,
} from '@aws-sdk/client-apigatewayv2';
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  DescribeClustersCommand,
  ECSClient,
  ListClustersCommand,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DescribeCacheSubnetGroupsCommand,
  DescribeReplicationGroupsCommand,
  DescribeUsersCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { IAMClient, ListPoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient, ListAliasesCommand, ListKeysCommand } from '@aws-sdk/client-kms';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ListWebACLsCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import type { Account } from './account';

/** What is in an account, by kind: everything that a stack may make has a line here. Each is one page at most. */
export async function inventory({ client }: Account): Promise<Record<string, string[]>> {
  const rest = new APIGatewayClient(client);
  const http = new ApiGatewayV2Client(client);
  const scaling = new ApplicationAutoScalingClient(client);
  const ec2 = new EC2Client(client);
  const ecs = new ECSClient(client);
  const balancers = new ElasticLoadBalancingV2Client(client);
  const cache = new ElastiCacheClient(client);
  const iam = new IAMClient(client);
  const kms = new KMSClient(client);
  const inEcs = { ServiceNamespace: 'ecs' } as const;

  const loadBalancers = ids(
    (await balancers.send(new DescribeLoadBalancersCommand())).LoadBalancers,
    'LoadBalancerArn',
  );
  const listeners = await Promise.all(
    loadBalancers.map((LoadBalancerArn) => balancers.send(new DescribeListenersCommand({ LoadBalancerArn }))),
  );
  return {
    certificates: ids(
      (await new ACMClient(client).send(new ListCertificatesCommand())).CertificateSummaryList,
      'CertificateArn',
    ),
    restApis: ids((await rest.send(new GetRestApisCommand())).items, 'id'),
    restDomains: ids((await rest.send(new GetRestDomainNamesCommand())).items, 'domainName'),
    restLinks: ids((await rest.send(new GetRestVpcLinksCommand())).items, 'id'),
    httpApis: ids((await http.send(new GetApisCommand())).Items, 'ApiId'),
    httpDomains: ids((await http.send(new GetDomainNamesCommand())).Items, 'DomainName'),
    httpLinks: ids((await http.send(new GetVpcLinksCommand())).Items, 'VpcLinkId'),
    scalableTargets: ids(
      (await scaling.send(new DescribeScalableTargetsCommand(inEcs))).ScalableTargets,
      'ResourceId',
    ),
    scalingPolicies: ids(
      (await scaling.send(new DescribeScalingPoliciesCommand(inEcs))).ScalingPolicies,
      'PolicyName',
    ),
    logGroups: ids(
      (await new CloudWatchLogsClient(client).send(new DescribeLogGroupsCommand())).logGroups,
      'logGroupName',
    ),
    networks: ids((await ec2.send(new DescribeVpcsCommand())).Vpcs, 'VpcId'),
    subnets: ids((await ec2.send(new DescribeSubnetsCommand())).Subnets, 'SubnetId'),
    securityGroups: ids((await ec2.send(new DescribeSecurityGroupsCommand())).SecurityGroups, 'GroupId'),
    securityGroupRules: ids(
      (await ec2.send(new DescribeSecurityGroupRulesCommand())).SecurityGroupRules,
      'SecurityGroupRuleId',
    ),
    // One that was deleted is still told of for a while, as inactive.
    clusters: await activeClusters(ecs),
    taskDefinitions: (await ecs.send(new ListTaskDefinitionsCommand())).taskDefinitionArns ?? [],
    loadBalancers,
    listeners: listeners.flatMap(({ Listeners }) => ids(Listeners, 'ListenerArn')),
    targetGroups: ids(
      (await balancers.send(new DescribeTargetGroupsCommand())).TargetGroups,
      'TargetGroupArn',
    ),
    storeUsers: ids((await cache.send(new DescribeUsersCommand())).Users, 'UserId'),
    stores: ids(
      (await cache.send(new DescribeReplicationGroupsCommand())).ReplicationGroups,
      'ReplicationGroupId',
    ),
    storeSubnets: ids(
      (await cache.send(new DescribeCacheSubnetGroupsCommand())).CacheSubnetGroups,
      'CacheSubnetGroupName',
    ),
    roles: ids((await iam.send(new ListRolesCommand())).Roles, 'RoleName'),
    policies: ids((await iam.send(new ListPoliciesCommand({ Scope: 'Local' }))).Policies, 'PolicyName'),
    keys: await livingKeys(kms),
    keyAliases: ids((await kms.send(new ListAliasesCommand())).Aliases, 'AliasName'),
    functions: ids(
      (await new LambdaClient(client).send(new ListFunctionsCommand())).Functions,
      'FunctionName',
    ),
    parameters: ids((await new SSMClient(client).send(new DescribeParametersCommand())).Parameters, 'Name'),
    firewalls: ids(
      (await new WAFV2Client(client).send(new ListWebACLsCommand({ Scope: 'REGIONAL' }))).WebACLs,
      'Name',
    ),
  };
}

/** A key that is destroyed waits for days before it is gone: AWS wants that. */
async function livingKeys(kms: KMSClient): Promise<string[]> {
  const all = ids((await kms.send(new ListKeysCommand())).Keys, 'KeyId');
  const states = await Promise.all(
    all.map(async (KeyId) => (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState),
  );
  return all.filter((_, index) => states[index] !== 'PendingDeletion');
}

function ids<T>(items: readonly T[] | undefined, key: keyof T & string): string[] {
  return (items ?? []).map((item) => String(item[key])).sort();
}

async function activeClusters(ecs: ECSClient): Promise<string[]> {
  const { clusterArns = [] } = await ecs.send(new ListClustersCommand());
  const { clusters = [] } = await ecs.send(new DescribeClustersCommand({ clusters: clusterArns }));
  return clusters.flatMap(({ clusterArn, status }) =>
    clusterArn !== undefined && status === 'ACTIVE' ? [clusterArn] : [],
  );
}
