import { ElasticacheParameterGroup } from '@cdktf/provider-aws/lib/elasticache-parameter-group';
import { ElasticacheReplicationGroup } from '@cdktf/provider-aws/lib/elasticache-replication-group';
import { ElasticacheSubnetGroup } from '@cdktf/provider-aws/lib/elasticache-subnet-group';
import { ElasticacheUser } from '@cdktf/provider-aws/lib/elasticache-user';
import { ElasticacheUserGroup } from '@cdktf/provider-aws/lib/elasticache-user-group';
import type { Problem } from '@portcullis/runtime/policy';
import { Construct } from 'constructs';
import { refuseProps } from '../../core';
import { RUNTIME_ACL } from '../../vault';
import { logGroup, logProblems, type LogOptions } from '../gateway/access-log';
import { unlike, wholeNumber } from '../checks';
import { EncryptionKey, type AwsPlace } from '../account/encryption-key';
import type { Permission } from '../account/permission';
import { networkProblems, onlyInPrivate, type PrivateNetwork } from '../network/private-network';
import { letThrough, securityGroup } from '../network/security-groups';

export interface RateLimitStoreProps {
  readonly place: AwsPlace;
  readonly network: PrivateNetwork;
  /** Of the replication group, and of what belongs to it. */
  readonly name: string;
  /** The service's user: ID and name in one, as IAM authentication wants it. */
  readonly user: string;
  /** As in `cache.m7g.large`. */
  readonly nodeType: string;
  /** Cluster mode: how many shards the keys are spread over. @default one, without cluster mode */
  readonly shards?: number | undefined;
  /** Copies of each shard, in other zones, one of which takes over. @default 1 */
  readonly replicas?: number;
  readonly logs: LogOptions;
}

const PORT = 6_379;
/** The newest Redis that ElastiCache has; with IAM authentication since 7.0. */
const ENGINE = { engine: 'redis', engineVersion: '7.1' } as const;

/**
 * The Redis that the limiter counts in and that revocations are kept in: ElastiCache, in two zones, encrypted at
 * rest and on the way. Nobody has a password: the service signs in with its own role, may use the limiter's keys
 * and commands alone, and the default user is off. What does not fit is refused, never evicted: an evicted counter
 * would be a limit that starts anew.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
 */
export class RateLimitStore extends Construct {
  /** What clients connect to, over TLS, on port 6379. */
  readonly host: string;
  /** Members of this security group may connect, and nobody else. */
  readonly clientsSecurityGroupId: string;

  /** @throws ConstructError `ERR_PROPS` with everything that is wrong at once. */
  constructor(scope: Construct, id: string, props: RateLimitStoreProps) {
    super(scope, id);
    refuseProps(this, problemsOf(props));
    const { place, network, name, shards, replicas = 1, logs } = props;
    const { vpcId } = network;
    const nodes = securityGroup(this, 'nodes', { vpcId, name, description: 'The rate-limit store' });
    this.clientsSecurityGroupId = securityGroup(this, 'clients', {
      vpcId,
      name: `${name}-clients`,
      description: 'May connect to the rate-limit store',
    });
    letThrough(this, 'redis', {
      from: this.clientsSecurityGroupId,
      to: nodes,
      port: PORT,
      description: 'Redis over TLS',
    });
    const key = new EncryptionKey(this, 'key', {
      place,
      name,
      description: `What ${name} keeps on disk`,
      encrypts: 'caches',
    });

    const group = new ElasticacheReplicationGroup(this, 'group', {
      replicationGroupId: name,
      description: 'Counters of rate limits, and revocations',
      ...ENGINE,
      nodeType: props.nodeType,
      port: PORT,
      ...(shards === undefined
        ? { numCacheClusters: 1 + replicas }
        : { numNodeGroups: shards, replicasPerNodeGroup: replicas }),
      multiAzEnabled: true,
      automaticFailoverEnabled: true,
      subnetGroupName: new ElasticacheSubnetGroup(this, 'subnets', {
        name,
        subnetIds: [...network.privateSubnetIds],
        lifecycle: onlyInPrivate(this, network),
      }).name,
      securityGroupIds: [nodes],
      parameterGroupName: this.parameters(name, shards !== undefined),
      userGroupIds: [this.users(name, props.user)],
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      atRestEncryptionEnabled: 'true',
      kmsKeyId: key.arn,
      autoMinorVersionUpgrade: 'true',
      logDeliveryConfiguration: ['slow-log', 'engine-log'].map((logType) => ({
        logType,
        logFormat: 'json',
        destinationType: 'cloudwatch-logs',
        destination: logGroup(this, logType, `/portcullis/${name}/${logType}`, logs).name,
      })),
    });
    this.host = shards === undefined ? group.primaryEndpointAddress : group.configurationEndpointAddress;
  }

  private parameters(name: string, cluster: boolean): string {
    return new ElasticacheParameterGroup(this, 'parameters', {
      name,
      family: 'redis7',
      parameter: [
        { name: 'maxmemory-policy', value: 'noeviction' },
        ...(cluster ? [{ name: 'cluster-enabled', value: 'yes' }] : []),
      ],
    }).name;
  }

  private users(name: string, user: string): string {
    const { engine } = ENGINE;
    const service = new ElasticacheUser(this, 'user', {
      engine,
      userId: user,
      userName: user,
      accessString: accessString(RUNTIME_ACL),
      authenticationMode: { type: 'iam' },
    });
    // Every group has a user of this name: where none is given, one that may do everything without a password.
    const nobody = new ElasticacheUser(this, 'default-user', {
      engine,
      userId: `${name}-default`,
      userName: 'default',
      accessString: 'off -@all',
      authenticationMode: { type: 'no-password-required' },
    });
    return new ElasticacheUserGroup(this, 'users', {
      engine,
      userGroupId: name,
      userIds: [service.userId, nobody.userId],
    }).userGroupId;
  }
}

/** What a role needs to sign in as one user of one store. Needs nothing but names, so that any stack can say it. */
export function storeAccess(
  { region, account }: AwsPlace,
  { store, user }: { readonly store: string; readonly user: string },
): Permission {
  const arn = (kind: string, name: string): string =>
    `arn:aws:elasticache:${region}:${account}:${kind}:${name}`;
  return {
    actions: ['elasticache:Connect'],
    resources: [arn('replicationgroup', store), arn('user', user)],
  };
}

/** The rules as ElastiCache writes them, so that no plan sees a difference: first nothing, then what is listed. */
export function accessString(rules: readonly string[]): string {
  const keys = rules.filter((rule) => rule.startsWith('~'));
  const commands = rules.filter((rule) => /^[+-]/.test(rule));
  return ['on', ...keys, 'resetchannels', '-@all', ...commands].join(' ');
}

function problemsOf(props: RateLimitStoreProps): Problem[] {
  const { network, name, user, nodeType, shards, replicas = 1, logs } = props;
  return [
    ...networkProblems(network),
    // `-default` and `-clients` have to fit.
    ...unlike('name', name, /^[a-z](-?[a-z0-9]){0,31}$/, 'at most 32 letters, digits and single "-"'),
    ...unlike('user', user, /^[a-z](-?[a-z0-9]){0,39}$/, 'at most 40 letters, digits and single "-"'),
    ...unlike('nodeType', nodeType, /^cache\.[a-z0-9-]+\.[a-z0-9]+$/, 'a type such as "cache.t4g.small"'),
    ...(shards === undefined ? [] : wholeNumber('shards', shards, 1, 500)),
    ...wholeNumber('replicas', replicas, 1, 5),
    ...logProblems(logs),
  ];
}
