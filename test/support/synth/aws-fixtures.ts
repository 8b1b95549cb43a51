import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import {
  ApiService,
  GatewayAccount,
  HttpApiGateway,
  RateLimitStore,
  RestApiGateway,
  storeAccess,
  type ApiServiceProps,
  type GatewayProps,
  type HttpApiGatewayProps,
  type RateLimitStoreProps,
  type RestApiGatewayProps,
} from '@portcullis/constructs/aws';
import { definePolicy, type Policy, type PolicyInput } from '@portcullis/runtime/policy';
import type { TerraformStack } from 'cdktf';
import { policy } from '../../../policy';

export type RouteInput = PolicyInput['routes'][number];

export const policyOf = (routes: RouteInput[], rest: Partial<PolicyInput> = {}): Policy =>
  definePolicy({
    name: 'orders',
    issuer: 'https://auth.example.com',
    audience: 'orders',
    tiers: { free: [{ limit: 60, window: '1m' }] },
    defaultTier: 'free',
    routes,
    lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
    ...rest,
  });

export const place = { region: 'eu-central-1', account: '333333333333' };

export const gatewayProps: GatewayProps = {
  place,
  environment: 'prod',
  policy,
  auth: { algorithms: ['RS256'] },
  domain: {
    name: 'api.example.com',
    certificateArn: 'arn:aws:acm:eu-central-1:333333333333:certificate/0a1b2c3d',
  },
  busyClients: 20,
  logs: { retentionDays: 365, keyArn: 'arn:aws:kms:eu-central-1:333333333333:key/0a1b2c3d' },
};

export const httpApiProps: HttpApiGatewayProps = {
  ...gatewayProps,
  service: {
    listenerArn:
      'arn:aws:elasticloadbalancing:eu-central-1:333333333333:listener/app/fintech/0a1b2c3d4e5f6071/8192a3b4c5d6e7f8',
    serverName: 'api.internal.example.com',
    subnetIds: ['subnet-0a1b2c3d', 'subnet-4e5f6071'],
    securityGroupIds: ['sg-0a1b2c3d'],
  },
};

export const restApiProps: Omit<RestApiGatewayProps, 'account'> = {
  ...gatewayProps,
  service: {
    networkLoadBalancerArn:
      'arn:aws:elasticloadbalancing:eu-central-1:333333333333:loadbalancer/net/fintech/0a1b2c3d4e5f6071',
    serverName: 'api.internal.example.com',
  },
};

export function httpApiIn(stack: TerraformStack, props: Partial<HttpApiGatewayProps> = {}): HttpApiGateway {
  new AwsProvider(stack, 'provider', {});
  return new HttpApiGateway(stack, 'gateway', { ...httpApiProps, ...props });
}

export function restApiIn(stack: TerraformStack, props: Partial<RestApiGatewayProps> = {}): RestApiGateway {
  new AwsProvider(stack, 'provider', {});
  const account = new GatewayAccount(stack, 'account', { place });
  return new RestApiGateway(stack, 'gateway', { ...restApiProps, account, ...props });
}

export const network = { vpcId: 'vpc-0a1b2c3d', privateSubnetIds: ['subnet-0a1b2c3d', 'subnet-4e5f6071'] };
const { logs } = gatewayProps;

export const storeProps: RateLimitStoreProps = {
  place,
  network,
  name: 'orders-limits',
  user: 'orders',
  nodeType: 'cache.m7g.large',
  logs,
};

const commonServiceProps: ApiServiceProps = {
  place,
  network,
  name: 'orders',
  taskRole: 'orders-task',
  image: `333333333333.dkr.ecr.eu-central-1.amazonaws.com/orders@sha256:${'0a'.repeat(32)}`,
  environment: { VAULT_ADDR: 'https://vault.example.com' },
  permissions: [storeAccess(place, { store: 'orders-limits', user: 'orders' })],
  memberOf: ['sg-5a1b2c3d'],
  database: { securityGroupId: 'sg-6a1b2c3d', port: 5_432 },
  serverName: 'api.internal.example.com',
  cpu: 1_024,
  memory: 2_048,
  tasks: { min: 2, max: 10 },
  logs,
};

export const serviceProps: ApiServiceProps = {
  ...commonServiceProps,
  certificateArn: 'arn:aws:acm:eu-central-1:333333333333:certificate/0a1b2c3d',
};

/** The same in a cluster, and behind a listener, that exist already. */
export const serviceOnExistingProps: ApiServiceProps = {
  ...commonServiceProps,
  cluster: 'platform',
  listener: {
    arn: 'arn:aws:elasticloadbalancing:eu-central-1:333333333333:listener/app/shared/0a1b2c3d4e5f6071/8192a3b4c5d6e7f8',
    priority: 210,
    hosts: ['orders.internal.example.com'],
    securityGroupId: 'sg-7a1b2c3d',
    clientSecurityGroupIds: ['sg-8a1b2c3d'],
  },
};

export function storeIn(stack: TerraformStack, props: Partial<RateLimitStoreProps> = {}): RateLimitStore {
  new AwsProvider(stack, 'provider', {});
  return new RateLimitStore(stack, 'store', { ...storeProps, ...props });
}

export function serviceIn(stack: TerraformStack, props: Partial<ApiServiceProps> = {}): ApiService {
  new AwsProvider(stack, 'provider', {});
  return new ApiService(stack, 'api', { ...serviceProps, ...props });
}

/** The statements of a policy document. */
export function statementsOf(document: unknown): Record<string, unknown>[] {
  return (JSON.parse(document as string) as { Statement: Record<string, unknown>[] }).Statement;
}
