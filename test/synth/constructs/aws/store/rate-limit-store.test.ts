import { RUNTIME_ACL } from '@portcullis/constructs';
import { EncryptionKey, storeAccess, type RateLimitStoreProps } from '@portcullis/constructs/aws';
import { all, idsOf, only, refusedProps, stackIn, synthesize } from '../../../../support/synth/synthesize';
import { statementsOf, storeIn, storeProps } from '../../../../support/synth/aws-fixtures';

type Fields = Record<string, unknown>;
const store = (props?: Partial<RateLimitStoreProps>) => synthesize((stack) => storeIn(stack, props));
const group = (props?: Partial<RateLimitStoreProps>) =>
  only(store(props), 'aws_elasticache_replication_group');

describe('the rate-limit store', () => {
  it('is Redis 7 in two zones, one of which takes over', () => {
    expect(group()).toMatchObject({
      engine: 'redis',
      engine_version: '7.1',
      num_cache_clusters: 2,
      multi_az_enabled: true,
      automatic_failover_enabled: true,
    });
  });

  it('is encrypted on the way, and at rest with a key of its own that is replaced each year', () => {
    expect(group()).toMatchObject({
      transit_encryption_enabled: true,
      transit_encryption_mode: 'required',
      at_rest_encryption_enabled: 'true',
      kms_key_id: expect.stringMatching(/^\$\{aws_kms_key\.[\w-]+\.arn\}$/) as string,
    });
    expect(only(store(), 'aws_kms_key')).toMatchObject({ enable_key_rotation: true });
  });

  it('has a key that ElastiCache alone can use, for this account alone', () => {
    const [administration, use, ...rest] = statementsOf(only(store(), 'aws_kms_key').policy);
    expect(rest).toEqual([]);
    expect(administration?.Action).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/crypt|DataKey|CreateGrant|\*/i)]),
    );
    expect(use).toMatchObject({
      Principal: { AWS: 'arn:aws:iam::333333333333:root' },
      Condition: {
        StringEquals: {
          'kms:ViaService': 'elasticache.eu-central-1.amazonaws.com',
          'kms:CallerAccount': '333333333333',
        },
      },
    });
  });

  it('refuses what does not fit, rather than to forget a counter', () => {
    expect(only(store(), 'aws_elasticache_parameter_group')).toMatchObject({
      family: 'redis7',
      parameter: [{ name: 'maxmemory-policy', value: 'noeviction' }],
    });
  });

  it('spreads the keys over shards where it is told to', () => {
    const found = store({ shards: 3, replicas: 2 });
    const cluster = only(found, 'aws_elasticache_replication_group');
    expect(cluster).toMatchObject({ num_node_groups: 3, replicas_per_node_group: 2 });
    expect(cluster).not.toHaveProperty('num_cache_clusters');
    expect(only(found, 'aws_elasticache_parameter_group').parameter).toContainEqual({
      name: 'cluster-enabled',
      value: 'yes',
    });
  });

  it('writes its slow log and its own log, encrypted, for as long as it is told', () => {
    const logs = all(store(), 'aws_cloudwatch_log_group');
    expect(logs.map(({ name }) => name)).toEqual([
      '/portcullis/orders-limits/engine-log',
      '/portcullis/orders-limits/slow-log',
    ]);
    for (const log of logs) {
      expect(log).toMatchObject({ retention_in_days: 365, kms_key_id: storeProps.logs.keyArn });
    }
    expect(group().log_delivery_configuration).toMatchObject([
      { log_type: 'slow-log', destination_type: 'cloudwatch-logs' },
      { log_type: 'engine-log', destination_type: 'cloudwatch-logs' },
    ]);
  });

  it('lets in whom its clients group has, and lets nothing out', () => {
    const found = store();
    const [entry] = all(found, 'aws_vpc_security_group_ingress_rule');
    expect(all(found, 'aws_vpc_security_group_ingress_rule')).toHaveLength(1);
    expect(entry).toMatchObject({
      security_group_id: '${aws_security_group.store__orders-limits__nodes.id}',
      referenced_security_group_id: '${aws_security_group.store__orders-limits__clients.id}',
      from_port: 6_379,
      to_port: 6_379,
    });
    const [exit] = all(found, 'aws_vpc_security_group_egress_rule');
    expect(all(found, 'aws_vpc_security_group_egress_rule')).toHaveLength(1);
    expect(exit?.security_group_id).toBe(entry?.referenced_security_group_id);
  });
});

describe('its users', () => {
  const users = () => all(store(), 'aws_elasticache_user');

  it('are the service, by IAM and with one name for all, and a default user who is off', () => {
    expect(users()).toMatchObject([
      {
        user_id: 'orders-limits-default',
        user_name: 'default',
        access_string: 'off -@all',
        authentication_mode: { type: 'no-password-required' },
      },
      { user_id: 'orders', user_name: 'orders', authentication_mode: { type: 'iam' } },
    ]);
    expect(only(store(), 'aws_elasticache_user_group').user_ids).toHaveLength(2);
    expect(group().user_group_ids).toHaveLength(1);
  });

  it("may do what Vault's leased users may, and begin with nothing", () => {
    const access = users()[1]?.access_string as string;
    const rules = access.split(' ');
    expect(rules.slice(0, 4)).toEqual(['on', '~portcullis:*', 'resetchannels', '-@all']);
    expect(rules.slice(4)).toEqual(RUNTIME_ACL.filter((rule) => /^[+-]/.test(rule)));
  });

  it('have no password anywhere', () => {
    expect(store().text).not.toMatch(/passwords|auth_token/);
  });

  it('are reached by a role that may be one user of one store', () => {
    const { place } = storeProps;
    expect(storeAccess(place, { store: 'orders-limits', user: 'orders' })).toEqual({
      actions: ['elasticache:Connect'],
      resources: [
        'arn:aws:elasticache:eu-central-1:333333333333:replicationgroup:orders-limits',
        'arn:aws:elasticache:eu-central-1:333333333333:user:orders',
      ],
    });
  });
});

it('is not made in a subnet that gives addresses of the internet, or leads there', () => {
  const found = store();
  const { lifecycle } = only(found, 'aws_elasticache_subnet_group') as { lifecycle: Fields };
  expect(lifecycle.precondition).toMatchObject([
    { condition: expect.stringMatching(/^\$\{length\(data\.aws_subnets\.\S+\.ids\) == 0\}$/) as string },
    { condition: expect.stringMatching(/^\$\{length\(data\.aws_route_tables\.\S+\.ids\) == 0\}$/) as string },
  ]);
});

it('keeps the IDs of what it makes', () => {
  expect(idsOf(store())).toMatchInlineSnapshot(`
   [
     "aws_cloudwatch_log_group.store__orders-limits__engine-log",
     "aws_cloudwatch_log_group.store__orders-limits__slow-log",
     "aws_elasticache_parameter_group.store__orders-limits__parameters",
     "aws_elasticache_replication_group.store__orders-limits__group",
     "aws_elasticache_subnet_group.store__orders-limits__subnets",
     "aws_elasticache_user.store__orders-limits__default-user",
     "aws_elasticache_user.store__orders-limits__user",
     "aws_elasticache_user_group.store__orders-limits__users",
     "aws_kms_alias.key__orders-limits__alias",
     "aws_kms_key.key__orders-limits__key",
     "aws_security_group.store__orders-limits__clients",
     "aws_security_group.store__orders-limits__nodes",
     "aws_vpc_security_group_egress_rule.store__orders-limits__redis__out",
     "aws_vpc_security_group_ingress_rule.store__orders-limits__redis__in",
   ]
  `);
});

it('refuses everything that is wrong at once', () => {
  const spoiled: Partial<RateLimitStoreProps> = {
    network: { vpcId: 'default', privateSubnetIds: ['subnet-0a1b2c3d', 'subnet-0a1b2c3d'] },
    name: 'Orders_Limits',
    user: 'default user',
    nodeType: 'm7g.large',
    shards: 0,
    replicas: 0,
    logs: { ...storeProps.logs, retentionDays: 0 },
  };
  expect(() => storeIn(stackIn(), spoiled)).toThrow(
    refusedProps(
      ...['network.vpcId', 'network.privateSubnetIds', 'name', 'user', 'nodeType', 'shards', 'replicas'],
      'logs.retentionDays',
    ),
  );
});

it('takes no network for a subnet', () => {
  const network = { ...storeProps.network, privateSubnetIds: ['10.0.1.0/24', 'subnet-0a1b2c3d'] };
  expect(() => storeIn(stackIn(), { network })).toThrow(refusedProps('network.privateSubnetIds[0]'));
});

it('refuses a place that is none, and a key for logs of another region', () => {
  const place = { region: 'Frankfurt', account: '12' };
  expect(() => storeIn(stackIn(), { place })).toThrow(
    refusedProps('place.region', 'place.account', 'logs.keyArn'),
  );
});

it.each(['default', 'orders-limits-default'])(
  'refuses the default user for the service: %s, which keeps everybody else out',
  (user) => {
    expect(() => storeIn(stackIn(), { user })).toThrow(refusedProps('user'));
  },
);

it.each([
  [{ name: 'alias/logs x' }, 'name'],
  [{ name: 'alias/logs' }, 'name'],
  [{ description: '' }, 'description'],
  [{ name: 'aws/logs' }, 'name'],
  [{ encrypts: 'secrets' as never }, 'encrypts'],
  [{ place: { region: 'eu-central-1', account: '*' } }, 'place.account'],
])('refuses a key with %j', (props, path) => {
  const place = { region: 'eu-central-1', account: '333333333333' };
  const right = { place, name: 'orders-logs', description: 'Logs', encrypts: 'logs' } as const;
  expect(() => new EncryptionKey(stackIn(), 'key', { ...right, ...props })).toThrow(refusedProps(path));
});
