import { ElasticacheParameterGroup } from '@cdktf/provider-aws/lib/elasticache-parameter-group';
import { ElasticacheReplicationGroup } from '@cdktf/provider-aws/lib/elasticache-replication-group';
import { ElasticacheSubnetGroup } from '@cdktf/provider-aws/lib/elasticache-subnet-group';
import { ElasticacheUser } from '@cdktf/provider-aws/lib/elasticache-user';
import { ElasticacheUserGroup } from '@cdktf/provider-aws/lib/elasticache-user-group';
import type { Problem } from '@portcullis/runtime/policy';
import { Construct } from 'constructs';
import { knownAs, refuseProps } from '../../core';
import { refuseCollisions } from '../account/collisions';
import { RUNTIME_ACL } from '../../vault/database/redis-acl';
import { logGroup, logProblems, type LogOptions } from '../account/log-group';
import { guardProblems } from '../../core/props/guard';
import { unless, unlike, wholeNumber, within } from '../../core/props/checks';
import { plus } from '../../core/props/later';
import { EncryptionKey } from '../account/encryption-key';
import { placeProblems, type AwsPlace } from '../account/place';
import { networkProblems, onlyInPrivate, type PrivateNetwork } from '../network/private-network';
import { letThrough, securityGroup } from '../network/security-groups';
import { accessString } from './store-access';

/** Properties of {@link RateLimitStore}. */
export interface RateLimitStoreProps {
  /** Account and region that it is in. */
  readonly place: AwsPlace;
  /** The VPC and the private subnets that its nodes are in. */
  readonly network: PrivateNetwork;
  /** Name of the replication group. What belongs to it gets names that begin with it. */
  readonly name: string;
  /** ID and name of the service's user: IAM authentication wants them to be the same. */
  readonly user: string;
  /** Type of the nodes, as in `cache.m7g.large`. */
  readonly nodeType: string;
  /** How many shards the keys are spread over, in cluster mode. @default one, without cluster mode */
  readonly shards?: number | undefined;
  /** Replicas of each shard, in other zones: one of them takes over when the primary fails. @default 1 */
  readonly replicas?: number;
  /** How its logs are kept. */
  readonly logs: LogOptions;
  /**
   * Whether the engine refuses to destroy the store, and with it every counter and every revocation. Without, ElastiCache
   * keeps a last snapshot, `<name>-final`, which can be read for as long as AWS keeps the key: 30 days. @default true
   */
  readonly preventDestroy?: boolean;
}

const PORT = 6_379;
/** The newest Redis that ElastiCache has. IAM authentication needs 7.0. */
const ENGINE = { engine: 'redis', engineVersion: '7.1' } as const;

/**
 * The Redis that holds the limiter's counters and the revocations: a replication group of ElastiCache, in two zones,
 * encrypted at rest and in transit. With it come a subnet group, a parameter group, a user group with two users, a KMS
 * key and log groups.
 *
 * Nobody has a password. The service signs in with its own role, and may use the limiter's keys and commands alone; the
 * default user is off. Writes that do not fit into memory are refused, and no key is ever evicted: an evicted counter
 * would let a limit start anew.
 *
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
 *
 * @example
 * const store = new RateLimitStore(this, 'store', {
 *   place,
 *   network,
 *   name: 'orders-limits',
 *   user: 'orders',
 *   nodeType: 'cache.t4g.small',
 *   logs,
 * });
 * const environment = { REDIS_HOST: store.host };
 */
export class RateLimitStore extends Construct {
  /** Host that clients connect to, over TLS, on port 6379. */
  readonly host: string;
  /** Members of this security group may connect, and nobody else. */
  readonly clientsSecurityGroupId: string;

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: RateLimitStoreProps) {
    super(scope, id);
    refuseProps(this, problemsOf(props));
    const { place, network, name, shards, replicas = 1, preventDestroy = true, logs } = props;
    knownAs(this, 'store', name);
    refuseCollisions(this, place);
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
      preventDestroy,
    });

    const group = new ElasticacheReplicationGroup(this, 'group', {
      replicationGroupId: name,
      description: 'Counters of rate limits, and revocations',
      ...ENGINE,
      nodeType: props.nodeType,
      port: PORT,
      ...(shards === undefined
        ? { numCacheClusters: plus(1, replicas) }
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
      finalSnapshotIdentifier: `${name}-final`,
      lifecycle: { preventDestroy },
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
    // Every group has a user named `default`. Given none, ElastiCache adds one that may do everything without a password.
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

function problemsOf(props: RateLimitStoreProps): Problem[] {
  const { place, network, name, user, nodeType, shards, replicas = 1, preventDestroy = true, logs } = props;
  return [
    ...guardProblems('preventDestroy', preventDestroy),
    ...within('place', place, (given) => placeProblems('place', given)),
    ...within('network', network, networkProblems),
    // `-default` and `-clients` are appended, and have to fit.
    ...unlike('name', name, /^[a-z](-?[a-z0-9]){0,31}$/, 'at most 32 letters, digits and single "-"'),
    ...unlike('user', user, /^[a-z](-?[a-z0-9]){0,39}$/, 'at most 40 letters, digits and single "-"'),
    // Both are there already: they are off, and keep ElastiCache from adding one that may do everything.
    ...unless(
      user !== 'default' && user !== `${name}-default`,
      'user',
      user,
      "another name than the default user's",
    ),
    ...unlike('nodeType', nodeType, /^cache\.[a-z0-9-]+\.[a-z0-9]+$/, 'a type such as "cache.t4g.small"'),
    ...(shards === undefined ? [] : wholeNumber('shards', shards, 1, 500)),
    ...wholeNumber('replicas', replicas, 1, 5),
    ...logProblems(logs, (place as AwsPlace | undefined)?.region),
  ];
}
