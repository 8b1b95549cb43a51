import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository';
import { EcsCluster } from '@cdktf/provider-aws/lib/ecs-cluster';
import { Lb } from '@cdktf/provider-aws/lib/lb';
import { LbListener } from '@cdktf/provider-aws/lib/lb-listener';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { nameWithin, relaxProviderPin, useBackend } from '@portcullis/constructs';
import {
  ApiService,
  EncryptionKey,
  GatewayAccount,
  HttpApiGateway,
  RateLimitStore,
  RestApiGateway,
  storeAccess,
  type AwsPlace,
  type ExistingListener,
  type LogOptions,
  type PrivateNetwork,
} from '@portcullis/constructs/aws';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import type { Environment } from './environments';
import { orders, payments } from './policies';
import { called, inside } from './shape';

/** What people keep is kept, until somebody says otherwise. */
const preventDestroy = process.env.KEEP !== 'false';

/** The shop's network, which is its own, and its two services in it. Nothing of it is known before the first apply. */
export class AwsStack extends TerraformStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, `aws-${environment.name}`);
    const { name, region } = environment;
    useBackend(this, { kind: 'local', directory: process.env.STATES ?? 'states' });
    new AwsProvider(this, 'aws', { region });
    relaxProviderPin(this, 'aws');

    const place = { region, account: new DataAwsCallerIdentity(this, 'account').accountId };
    const network = this.network(environment);
    const team = inside(this);
    const key = new EncryptionKey(team, called('logs-key'), {
      place,
      name: `shop-${name}-logs`,
      description: `Logs of the shop, ${name}`,
      encrypts: 'logs',
      preventDestroy,
    });
    const shared = {
      environment,
      team,
      place,
      network,
      logs: { retentionDays: 90, keyArn: key.arn, preventDestroy },
    };
    this.orders(shared);
    this.payments(shared);
  }

  private network({ name, region, cidr }: Environment): PrivateNetwork {
    const vpc = new Vpc(this, 'vpc', { cidrBlock: cidr, tags: { Name: `shop-${name}` } });
    const subnets = ['a', 'b'].map(
      (zone, index) =>
        new Subnet(this, `subnet-${zone}`, {
          vpcId: vpc.id,
          cidrBlock: cidr.replace(/0\.0\/16$/, `${index}.0/24`),
          availabilityZone: `${region}${zone}`,
        }),
    );
    return { vpcId: vpc.id, privateSubnetIds: subnets.map(({ id }) => id) };
  }

  /** With a database and a REST API. */
  private orders({ environment, team, place, network, logs }: Shared): void {
    const name = `orders-${environment.name}`;
    const certificateArn = this.certificate(`orders.${environment.name}.shop.example.com`);
    const database = new SecurityGroup(this, 'database', {
      vpcId: network.vpcId,
      name: `shop-${environment.name}-db`,
    });
    const store = this.store(name, { environment, team, place, network, logs });
    const service = new ApiService(team, called('orders'), {
      place,
      network,
      name,
      taskRole: nameWithin(64, name, 'task', place.region),
      image: this.image('orders'),
      environment: { VAULT_ADDR: 'https://vault.shop.example.com', REDIS_HOST: store.host },
      permissions: [storeAccess(place, { store: `${name}-limits`, user: name })],
      memberOf: [store.clientsSecurityGroupId],
      database: { securityGroupId: database.id, port: 5_432 },
      serverName: `orders.${environment.name}.shop.example.com`,
      certificateArn,
      cpu: 512,
      memory: 1_024,
      tasks: { min: 1, max: 4 },
      networkLoadBalancer: true,
      logs,
    });
    new RestApiGateway(team, called('orders-gateway'), {
      place,
      environment: environment.name,
      policy: orders,
      domain: { name: `orders.${environment.name}.shop.example.com`, certificateArn },
      busyClients: 10,
      service: {
        networkLoadBalancerArn: service.networkLoadBalancerArn ?? '',
        serverName: service.serverName,
      },
      account: environment.first
        ? new GatewayAccount(team, called('gateway-account'), { place })
        : GatewayAccount.at(place),
      firewall: { counted: ['AWSManagedRulesCommonRuleSet'] },
      logs,
    });
  }

  /** Without a database, with an HTTP API and a folder to write to, in the shop's own cluster and behind its load balancer. */
  private payments({ environment, team, place, network, logs }: Shared): void {
    const name = `payments-${environment.name}`;
    const host = `payments.${environment.name}.shop.example.com`;
    const certificateArn = this.certificate(host);
    const { cluster, listener } = this.platform(environment, network, certificateArn);
    const service = new ApiService(team, called('payments'), {
      place,
      network,
      name,
      taskRole: nameWithin(64, name, 'task', place.region),
      image: this.image('payments'),
      environment: { VAULT_ADDR: 'https://vault.shop.example.com' },
      permissions: [],
      memberOf: [],
      temporaryFolder: '/tmp',
      cluster,
      listener: { ...listener, priority: 10, hosts: [host] },
      serverName: host,
      cpu: 256,
      memory: 512,
      tasks: { min: 1, max: 2 },
      logs,
    });
    new HttpApiGateway(team, called('payments-gateway'), {
      place,
      environment: environment.name,
      policy: payments,
      domain: { name: host, certificateArn },
      busyClients: 10,
      service,
      logs,
    });
  }

  /** What the shop's services share, made without these constructs. */
  private platform(
    { name }: Environment,
    { vpcId, privateSubnetIds }: PrivateNetwork,
    certificateArn: string,
  ) {
    const group = (what: string) =>
      new SecurityGroup(this, `platform-${what}`, { vpcId, name: `shop-${name}-${what}` }).id;
    const securityGroupId = group('balancer');
    new VpcSecurityGroupEgressRule(this, 'platform-to-tasks', {
      securityGroupId,
      cidrIpv4: '10.0.0.0/8',
      ipProtocol: '-1',
    });
    const balancer = new Lb(this, 'platform-lb', {
      name: `shop-${name}`,
      internal: true,
      loadBalancerType: 'application',
      subnets: [...privateSubnetIds],
      securityGroups: [securityGroupId],
    });
    const { arn } = new LbListener(this, 'platform-listener', {
      loadBalancerArn: balancer.arn,
      protocol: 'HTTPS',
      port: 443,
      certificateArn,
      defaultAction: [
        { type: 'fixed-response', fixedResponse: { contentType: 'text/plain', statusCode: '404' } },
      ],
    });
    const listener = {
      arn,
      securityGroupId,
      clientSecurityGroupIds: [group('clients')],
    } satisfies Partial<ExistingListener>;
    return { cluster: new EcsCluster(this, 'platform-cluster', { name: `shop-${name}` }).arn, listener };
  }

  private store(user: string, { team, place, network, logs }: Shared): RateLimitStore {
    return new RateLimitStore(team, called('limits'), {
      place,
      network,
      name: `${user}-limits`,
      user,
      nodeType: 'cache.t4g.small',
      preventDestroy,
      logs,
    });
  }

  private certificate(domainName: string): string {
    return new AcmCertificate(this, domainName, { domainName, validationMethod: 'DNS' }).arn;
  }

  private image(name: string): string {
    const repository = new EcrRepository(this, `${name}-images`, { name: `${this.node.id}-${name}` });
    return `${repository.repositoryUrl}@sha256:${'0a'.repeat(32)}`;
  }
}

interface Shared {
  readonly environment: Environment;
  readonly team: Construct;
  readonly place: AwsPlace;
  readonly network: PrivateNetwork;
  readonly logs: LogOptions;
}
