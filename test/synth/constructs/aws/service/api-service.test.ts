import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import {
  ApiService,
  storeAccess,
  webIdentityAccess,
  type ApiServiceProps,
  type Permission,
} from '@portcullis/constructs/aws';
import { Token, ref } from 'cdktf';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  all,
  idsOf,
  only,
  refusal,
  refusedProps,
  stackIn,
  synthesize,
} from '../../../../support/synth/synthesize';
import { place, serviceIn, serviceProps, statementsOf } from '../../../../support/synth/aws-fixtures';

type Fields = Record<string, unknown>;
const service = (props?: Partial<ApiServiceProps>) => synthesize((stack) => serviceIn(stack, props));
const task = (props?: Partial<ApiServiceProps>) => only(service(props), 'aws_ecs_task_definition');
const containers = (props?: Partial<ApiServiceProps>): Fields[] =>
  JSON.parse(task(props).container_definitions as string) as Fields[];
const container = (props?: Partial<ApiServiceProps>): Fields => {
  const [one, ...others] = containers(props);
  expect(others).toEqual([]);
  return one ?? {};
};

describe('the container', () => {
  it('is what its digest says, as nobody, without a capability or a file to write', () => {
    expect(container()).toMatchObject({
      image: serviceProps.image,
      user: '65532:65532',
      readonlyRootFilesystem: true,
      linuxParameters: { capabilities: { drop: ['ALL'] } },
    });
  });

  it('is given addresses and the port to listen on, and never a secret', () => {
    expect(container()).toMatchObject({
      portMappings: [{ containerPort: 3_000, protocol: 'tcp' }],
      environment: [
        { name: 'PORT', value: '3000' },
        { name: 'VAULT_ADDR', value: 'https://vault.example.com' },
      ],
    });
    expect(container()).not.toHaveProperty('secrets');
  });

  it('is asked whether it runs by the node that it has', () => {
    const { command } = container().healthCheck as { command: string[] };
    expect(command.slice(0, 3)).toEqual(['CMD', 'node', '-e']);
    expect(command[3]).toContain('http://127.0.0.1:3000/healthz');
  });

  it('writes to one log, encrypted and kept for as long as it is told', () => {
    const found = service();
    expect(only(found, 'aws_cloudwatch_log_group')).toMatchObject({
      retention_in_days: 365,
      kms_key_id: serviceProps.logs.keyArn,
    });
    expect(container().logConfiguration).toMatchObject({
      logDriver: 'awslogs',
      options: { 'awslogs-group': expect.stringMatching(/^\$\{aws_cloudwatch_log_group\./) as string },
    });
  });
});

describe('the temporary folder', () => {
  const props = { temporaryFolder: '/tmp' };

  it('is the one thing that the app can write to, and empty at each start', () => {
    const [, app] = containers(props);
    expect(task(props).volume).toEqual([{ name: 'temporary' }]);
    expect(app).toMatchObject({
      user: '65532:65532',
      readonlyRootFilesystem: true,
      mountPoints: [{ sourceVolume: 'temporary', containerPath: '/tmp', readOnly: false }],
    });
    expect(app?.environment).toContainEqual({ name: 'TMPDIR', value: '/tmp' });
  });

  it('is opened to the app before it starts, by the image itself, without a capability', () => {
    const [opener, app] = containers(props);
    expect(opener).toMatchObject({
      image: serviceProps.image,
      essential: false,
      readonlyRootFilesystem: true,
      linuxParameters: { capabilities: { drop: ['ALL'] } },
      mountPoints: app?.mountPoints,
      logConfiguration: app?.logConfiguration,
    });
    expect(app?.dependsOn).toEqual([{ containerName: opener?.name, condition: 'SUCCESS' }]);
  });

  it('is one that nobody but root could write to, and that anybody can once it is opened', () => {
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-temporary-'));
    try {
      chmodSync(folder, 0o755);
      const [opener] = containers(props);
      const [program, ...args] = [...(opener?.entryPoint as string[]), ...(opener?.command as string[])];
      execFileSync(
        program ?? '',
        args.map((arg) => arg.replace('/tmp', folder)),
      );
      expect(statSync(folder).mode & 0o7777).toBe(0o1777);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('its roles', () => {
  const roles = () => all(service(), 'aws_iam_role');
  const permissions = (name: string) =>
    statementsOf(only(service(), 'aws_iam_role_policy', name).policy) as {
      Action: string[];
      Resource: string[];
    }[];

  it('can be taken on by tasks of this account alone', () => {
    expect(roles()).toHaveLength(2);
    for (const { assume_role_policy } of roles()) {
      expect(statementsOf(assume_role_policy)).toEqual([
        {
          Effect: 'Allow',
          Principal: { Service: 'ecs-tasks.amazonaws.com' },
          Action: ['sts:AssumeRole'],
          Condition: {
            StringEquals: { 'aws:SourceAccount': '333333333333' },
            ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:eu-central-1:333333333333:*' },
          },
        },
      ]);
    }
  });

  it('let the app sign in to its store, as its user, and do nothing else', () => {
    expect(permissions('app')).toEqual([
      {
        Effect: 'Allow',
        Action: ['elasticache:Connect'],
        Resource: [
          'arn:aws:elasticache:eu-central-1:333333333333:replicationgroup:orders-limits',
          'arn:aws:elasticache:eu-central-1:333333333333:user:orders',
        ],
      },
    ]);
  });

  it('let ECS pull from one repository and write one log', () => {
    const [token, pull, log] = permissions('execution');
    expect(token).toMatchObject({ Action: ['ecr:GetAuthorizationToken'], Resource: ['*'] });
    expect(pull?.Resource).toEqual(['arn:aws:ecr:eu-central-1:333333333333:repository/orders']);
    expect(log?.Resource).toEqual([
      expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.[\w-]+\.arn\}:\*$/) as string,
    ]);
  });

  it('give an app that needs nothing of AWS nothing', () => {
    expect(all(service({ permissions: [] }), 'aws_iam_role_policy').map(({ name }) => name)).toEqual([
      'execution',
    ]);
  });
});

describe('the service', () => {
  it('takes back a deployment that does not get ready, and goes on serving meanwhile', () => {
    expect(only(service(), 'aws_ecs_service')).toMatchObject({
      deployment_circuit_breaker: { enable: true, rollback: true },
      deployment_minimum_healthy_percent: 100,
    });
  });

  it('is in private subnets, without an address of the internet or a shell', () => {
    expect(only(service(), 'aws_ecs_service')).toMatchObject({
      enable_execute_command: false,
      network_configuration: {
        assign_public_ip: false,
        subnets: serviceProps.network.privateSubnetIds,
        security_groups: [
          expect.stringContaining('aws_security_group.service__orders__tasks') as string,
          'sg-5a1b2c3d',
        ],
      },
      lifecycle: { precondition: [{}, {}], ignore_changes: ['desired_count'] },
    });
  });

  it('is as many tasks as there is work for', () => {
    expect(only(service(), 'aws_appautoscaling_target')).toMatchObject({ min_capacity: 2, max_capacity: 10 });
    expect(only(service(), 'aws_appautoscaling_policy')).toMatchObject({
      target_tracking_scaling_policy_configuration: { target_value: 60 },
    });
  });

  it('reaches its database, what it is a member for, and HTTPS; and where it is told, another port', () => {
    const ports = (props?: Partial<ApiServiceProps>) =>
      all(service(props), 'aws_vpc_security_group_egress_rule')
        .filter(({ security_group_id: id }) => String(id).includes('service__orders__tasks'))
        .map(({ from_port, to_port, cidr_ipv4, referenced_security_group_id: group }) => {
          expect(to_port).toBe(from_port);
          return [from_port, cidr_ipv4 ?? group];
        });
    expect(ports()).toEqual([
      [443, '0.0.0.0/0'],
      [5_432, 'sg-6a1b2c3d'],
    ]);
    expect(ports({ outwardPorts: [443, 8_200] })).toContainEqual([8_200, '0.0.0.0/0']);
  });

  it('has no database where none is named', () => {
    const props = Object.fromEntries(Object.entries(serviceProps).filter(([name]) => name !== 'database'));
    const found = synthesize((stack) => {
      new AwsProvider(stack, 'provider', {});
      new ApiService(stack, 'api', props as unknown as ApiServiceProps);
    });
    const out = all(found, 'aws_vpc_security_group_egress_rule').filter(({ security_group_id: id }) =>
      String(id).includes('service__orders__tasks'),
    );
    expect(out.map(({ from_port }) => from_port)).toEqual([443]);
    expect(found.text).not.toContain('5432');
  });

  it('is let into the database, and nothing but the load balancer is let into it', () => {
    const entries = all(service(), 'aws_vpc_security_group_ingress_rule');
    expect(entries.filter(({ cidr_ipv4 }) => cidr_ipv4 !== undefined)).toEqual([]);
    const into = (group: string) => entries.filter(({ security_group_id: id }) => String(id).includes(group));
    expect(into('sg-6a1b2c3d')).toMatchObject([{ from_port: 5_432 }]);
    expect(into('service__orders__tasks')).toMatchObject([
      {
        from_port: 3_000,
        referenced_security_group_id: expect.stringContaining('balancer__group') as string,
      },
    ]);
  });
});

describe('the load balancer', () => {
  it('is not on the internet, and passes on no header that is none', () => {
    expect(only(service(), 'aws_lb')).toMatchObject({
      internal: true,
      load_balancer_type: 'application',
      drop_invalid_header_fields: true,
    });
  });

  it('speaks TLS 1.2 or better, and nothing else', () => {
    expect(only(service(), 'aws_lb_listener')).toMatchObject({
      protocol: 'HTTPS',
      port: 443,
      ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      certificate_arn: serviceProps.certificateArn,
    });
  });

  it('sends requests to tasks that say that they are ready', () => {
    expect(only(service(), 'aws_lb_target_group')).toMatchObject({
      health_check: { path: '/readyz', matcher: '200' },
    });
  });

  it('is what a gateway wants of a private service', () => {
    const made = serviceIn(stackIn());
    expect(made).toMatchObject({ serverName: 'api.internal.example.com', networkLoadBalancerArn: undefined });
    expect(made.subnetIds).toEqual(serviceProps.network.privateSubnetIds);
    expect(made.securityGroupIds).toHaveLength(1);
  });

  it('has another one before it for REST APIs, in the group that may connect to it', () => {
    const found = service({ networkLoadBalancer: true });
    const front = all(found, 'aws_lb').find((one) => one.load_balancer_type === 'network');
    expect(front).toMatchObject({
      internal: true,
      security_groups: [expect.stringContaining('balancer__clients') as string],
    });
    expect(all(found, 'aws_lb_target_group').find(({ target_type }) => target_type === 'alb')).toMatchObject({
      protocol: 'TCP',
      port: 443,
      health_check: { protocol: 'HTTPS', path: '/readyz' },
    });
  });
});

it('keeps the IDs of what it makes', () => {
  expect(idsOf(service({ networkLoadBalancer: true }))).toMatchInlineSnapshot(`
   [
     "aws_appautoscaling_policy.service__orders__by-cpu",
     "aws_appautoscaling_target.service__orders__scaling",
     "aws_cloudwatch_log_group.service__orders__log",
     "aws_ecs_cluster.service__orders__cluster",
     "aws_ecs_service.service__orders__service",
     "aws_ecs_task_definition.service__orders__task",
     "aws_iam_role.service__orders__execution-role",
     "aws_iam_role.service__orders__task-role",
     "aws_iam_role_policy.service__orders__app-permissions",
     "aws_iam_role_policy.service__orders__execution-permissions",
     "aws_lb.service__orders__balancer__balancer",
     "aws_lb.service__orders__balancer__front",
     "aws_lb_listener.service__orders__balancer__front-listener",
     "aws_lb_listener.service__orders__balancer__listener",
     "aws_lb_target_group.service__orders__balancer__front-target",
     "aws_lb_target_group.service__orders__balancer__tasks",
     "aws_lb_target_group_attachment.service__orders__balancer__front-attachment",
     "aws_security_group.service__orders__balancer__clients",
     "aws_security_group.service__orders__balancer__group",
     "aws_security_group.service__orders__tasks",
     "aws_vpc_security_group_egress_rule.service__orders__balancer__https__out",
     "aws_vpc_security_group_egress_rule.service__orders__outward-443",
     "aws_vpc_security_group_egress_rule.service__orders__queries__out",
     "aws_vpc_security_group_egress_rule.service__orders__requests__out",
     "aws_vpc_security_group_ingress_rule.service__orders__balancer__https__in",
     "aws_vpc_security_group_ingress_rule.service__orders__queries__in",
     "aws_vpc_security_group_ingress_rule.service__orders__requests__in",
   ]
  `);
});

const asksIdentity = { actions: ['sts:GetWebIdentityToken'], resources: ['*'] };
const audience = (name = 'https://vault.example.com') => ({
  StringEquals: { 'sts:IdentityTokenAudience': name },
});

it('has the engine check resources and conditions that are known only at the apply', () => {
  const found = service({
    permissions: [
      { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::a/b', Token.asString(ref('var.arn'))] },
      webIdentityAccess({ audience: Token.asString(ref('var.audience')) }),
    ],
  });
  const { precondition } = only(found, 'aws_iam_role_policy', 'app').lifecycle as {
    precondition: { condition: string; error_message: string }[];
  };
  expect(precondition).toEqual([
    {
      condition: expect.stringMatching(/^\$\{can\(regex\("\^arn:aws.*", var\.arn\)\)\}$/) as string,
      error_message: 'permissions[0].resources[1]: expected the ARN of one thing, without a wildcard',
    },
    {
      condition: expect.stringMatching(/^\$\{can\(regex\(".*", var\.audience\)\)\}$/) as string,
      error_message: expect.stringMatching(
        /^permissions\[1\]\.condition\.ForAllValues:StringEquals\.sts:IdentityTokenAudience: expected a text/,
      ) as string,
    },
  ]);
});

it('has variables of IAM as a text, which is none of the engine', () => {
  const { policy } = only(
    service({
      permissions: [
        { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::orders/${aws:PrincipalTag/team}/a'] },
        storeAccess(place, { store: '${path.cwd}', user: '%{if true}' }),
      ],
    }),
    'aws_iam_role_policy',
    'app',
  );
  expect(policy).toContain('arn:aws:s3:::orders/$${aws:PrincipalTag/team}/a');
  expect(policy).toContain('replicationgroup:$${path.cwd}');
  expect(policy).toContain('user:%%{if true}');
});

it('lets the app ask for its own identity, for one audience, for a minute', () => {
  const permission = webIdentityAccess({ audience: 'https://vault.example.com' });
  const { text } = synthesize((stack) => serviceIn(stack, { permissions: [permission] }));
  const statement = JSON.stringify({
    Effect: 'Allow',
    Action: ['sts:GetWebIdentityToken'],
    Resource: ['*'],
    Condition: {
      'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': 'https://vault.example.com' },
      NumericLessThanEquals: { 'sts:DurationSeconds': '60' },
    },
  });
  expect(text).toContain(JSON.stringify(statement).slice(1, -1));
});

describe('what is refused', () => {
  const refuse = (props: Partial<ApiServiceProps>, ...places: string[]): void =>
    expect(() => serviceIn(stackIn(), props)).toThrow(refusedProps(...places));

  it('is refused with everything that is wrong at once', () => {
    refuse(
      {
        network: { vpcId: 'vpc', privateSubnetIds: [] },
        name: 'Orders',
        taskRole: 'orders/*',
        image: '333333333333.dkr.ecr.eu-central-1.amazonaws.com/orders:latest',
        environment: { OAUTH_CLIENT_SECRET: 'x' },
        permissions: [{ actions: ['s3:*'], resources: ['*'] }],
        database: { securityGroupId: 'postgres', port: 0 },
        outwardPorts: [70_000],
        serverName: '*',
        certificateArn: 'certificate',
        cpu: 1,
        tasks: { min: 3, max: 2 },
        logs: { ...serviceProps.logs, retentionDays: 10 },
      },
      ...['network.vpcId', 'network.privateSubnetIds', 'name', 'taskRole', 'image'],
      ...['environment.OAUTH_CLIENT_SECRET', 'permissions[0].actions[0]', 'permissions[0].resources[0]'],
      ...['database.securityGroupId', 'database.port', 'outwardPorts[0]', 'serverName', 'certificateArn'],
      ...['cpu', 'tasks.max', 'logs.retentionDays'],
    );
  });

  it.each(['orders:1.2', 'public.ecr.aws/orders@sha256:00', `docker.io/orders@sha256:${'0'.repeat(64)}`])(
    'is an image that is not of ECR by its digest: %s',
    (image) => refuse({ image }, 'image'),
  );

  it.each([
    ['VAULT_TOKEN', 'x'],
    ['UPSTASH_REDIS_TOKEN', 'x'],
    ['DATABASE_PASSWORD', 'x'],
    ['jwt_signing_key', 'x'],
    ['API_KEY', 'x'],
    ['DATABASE_URL', 'postgres://api:canary-7f3a@db.example.com/orders'],
    ['VAULT_ADDR', 'hvs.CAESIcanary7f3acanary7f3a'],
    ['LOG_LEVEL', '-----BEGIN PRIVATE KEY-----canary-7f3a'],
    ['AUDIENCE', 'eyJhbGciOiJub25lIn0.canary-7f3a'],
  ])('is a secret in the environment, which is not shown: %s', (name, value) => {
    refuse({ environment: { [name]: value } }, `environment.${name}`);
    expect(() => serviceIn(stackIn(), { environment: { [name]: value } })).not.toThrow(/canary/);
  });

  it.each([
    { REDIS_HOST: 'limits.example.com' },
    { OIDC_ISSUER_URL: 'https://auth.example.com' },
    { KEYCLOAK_HOST: 'auth' },
  ])('is no address: %j', (environment) => {
    expect(container({ environment }).environment).toHaveLength(2);
  });

  it.each([
    ['VAULT_ADDR', 'http://vault.example.com:8200'],
    ['BAO_ADDR', 'http://10.0.0.7:8200'],
    ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
  ])('is a way to Vault that others can read or take: %s=%s', (name, value) => {
    refuse({ environment: { [name]: value } }, `environment.${name}`);
  });

  it.each(['http://127.0.0.1:8200', 'https://vault.example.com', 'http://localhost:8200'])(
    'is no Vault on loopback, nor one by TLS: %s',
    (VAULT_ADDR) => {
      expect(container({ environment: { VAULT_ADDR } }).environment).toHaveLength(2);
    },
  );

  it('is no value that an engine would compute: the app is told it as it is', () => {
    const text = service({ environment: { FORMAT: '${file("/etc/passwd")} %{ if true }' } }).text;
    expect(text).toContain('$${file(');
    expect(text).toContain('%%{ if true }');
  });

  it('is a port twice', () => refuse({ outwardPorts: [443, 8_200, 443] }, 'outwardPorts[2]'));

  it.each(['PORT', 'TMPDIR'])('is a variable that the service sets itself: %s', (name) =>
    refuse({ environment: { [name]: '8080' } }, `environment.${name}`),
  );

  it.each(['tmp', '/', '/app', '/app/cache', '/usr/local/tmp', '/tmp/../app', '/tmp/', '/lib64'])(
    'is a temporary folder over what the image has, or none: %j',
    (temporaryFolder) => refuse({ temporaryFolder }, 'temporaryFolder'),
  );

  it.each([
    { actions: ['elasticache:Co*'], resources: ['arn:aws:s3:::orders'] },
    { actions: ['*'], resources: ['arn:aws:s3:::orders'] },
  ])('is a wildcard as an action: %j', (permission) =>
    refuse({ permissions: [permission] }, 'permissions[0].actions[0]'),
  );

  it.each<Permission>([
    { actions: ['sts:GetWebIdentityToken'], resources: ['*'] },
    { actions: ['sts:GetWebIdentityToken', 's3:GetObject'], resources: ['*'], condition: audience() },
    { actions: [], resources: ['*'], condition: audience() },
    { ...asksIdentity, condition: { StringEquals: { 'aws:PrincipalArn': 'x' } } },
    { ...asksIdentity, condition: { StringLike: { 'sts:IdentityTokenAudience': '*' } } },
    { ...asksIdentity, condition: { StringNotEquals: { 'sts:IdentityTokenAudience': 'x' } } },
    { ...asksIdentity, condition: { StringEqualsIfExists: { 'sts:IdentityTokenAudience': 'x' } } },
  ])('is a wildcard as the resource of %j', (permission) =>
    refuse({ permissions: [permission] }, 'permissions[0].resources[0]'),
  );

  it.each<[string, object]>([
    ['', {}],
    ['.StringEquals', { StringEquals: {} }],
    ['.StringEquals', { StringEquals: null }],
    ['.StringEquals.sts:IdentityTokenAudience', audience('')],
    ['.StringEquals.sts:IdentityTokenAudience', audience(null as never)],
  ])('is a condition that asks for nothing, at condition%s: %j', (place, condition) => {
    const permission = { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::orders/a'], condition };
    refuse({ permissions: [permission as never] }, `permissions[0].condition${place}`);
  });

  it.each(['${file("x")}', 'a"b', ''])('is no operator and no key: %j', (name) => {
    const permission = { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::orders/a'] };
    const condition = (conditions: object) => ({
      permissions: [{ ...permission, condition: conditions } as never],
    });
    refuse(condition({ [name]: { a: 'b' } }), 'permissions[0].condition');
    refuse(condition({ StringEquals: { [name]: 'b' } }), 'permissions[0].condition.StringEquals');
  });

  it.each([undefined, null, '', ' ', 7])('is an audience that is none: %j', (audienceGiven) => {
    expect(() => webIdentityAccess({ audience: audienceGiven as never })).toThrow(refusedProps('audience'));
  });

  it.each(['arn:aws:s3:::orders/*', 'arn:aws:iam::333333333333:role/?', '*'])(
    'is a wildcard as a resource: %s',
    (arn) =>
      refuse(
        { permissions: [{ actions: ['s3:GetObject'], resources: [arn] }] },
        'permissions[0].resources[0]',
      ),
  );

  it.each<[string, Partial<ApiServiceProps>, string]>([
    ['an account with a digit too few', { place: { ...place, account: '33333333333' } }, 'place.account'],
    ['an account that is a number', { place: { ...place, account: 333333333333 as never } }, 'place.account'],
    ['a zone for a region', { place: { ...place, region: 'eu-central-1a' } }, 'place.region'],
    ['no place', { place: undefined as never }, 'place'],
  ])('is %s', (_what, props, path) => {
    expect(() => serviceIn(stackIn(), props)).toThrow(
      refusal('ERR_PROPS', { message: expect.stringContaining(`\n  ${path}: received `) as string }),
    );
  });

  const inRegistry = (account: string, region: string) =>
    `${account}.dkr.ecr.${region}.amazonaws.com/orders@sha256:${'0a'.repeat(32)}`;

  it('is an image of another account or region, unless the registry is named', () => {
    const shared = { account: '444444444444', region: 'eu-west-1' };
    refuse({ image: inRegistry('444444444444', 'eu-central-1') }, 'image');
    refuse({ image: inRegistry('333333333333', 'eu-west-1') }, 'image');
    refuse({ image: inRegistry('555555555555', 'eu-west-1'), registry: shared }, 'image');
    refuse(
      { image: inRegistry('444444444444', 'eu-west-1'), registry: { ...shared, account: 'x' } },
      'registry.account',
      'image',
    );
    expect(container({ image: inRegistry('444444444444', 'eu-west-1'), registry: shared }).image).toContain(
      '4444',
    );
  });

  it.each(['eu-central-1:444444444444', 'us-east-1:333333333333'])(
    'is a certificate of another account or region: %s',
    (where) => refuse({ certificateArn: `arn:aws:acm:${where}:certificate/0a1b2c3d` }, 'certificateArn'),
  );

  it('is a key for logs of another region', () => {
    const keyArn = 'arn:aws:kms:us-east-1:333333333333:key/0a1b2c3d';
    refuse({ logs: { retentionDays: 365, keyArn } }, 'logs.keyArn');
  });

  it.each(['a-b', '1ST', 'A B', '', 'ECS_AGENT_URI', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'])(
    'is a name of a variable that ECS does not take, or that is its own: %j',
    (name) => refuse({ environment: { [name]: 'x' } }, `environment.${name}`),
  );

  it('is a variable that is no text', () => {
    refuse({ environment: { PORT: 3_000 as never } }, 'environment.PORT');
  });

  it.each([
    [['sg'], 'memberOf[0]'],
    [['sg-5a1b2c3d', 'sg-5a1b2c3d'], 'memberOf'],
    [['sg-1a', 'sg-2a', 'sg-3a', 'sg-4a', 'sg-5a'], 'memberOf'],
    [undefined as never, 'memberOf'],
  ])('is a membership in %j', (memberOf, path) => refuse({ memberOf }, path));

  it('is whatever is missing, all at once', () => {
    const nothing = {
      network: undefined,
      environment: undefined,
      tasks: undefined,
      logs: undefined,
    };
    refuse(nothing as never, 'network', 'environment', 'tasks', 'logs');
  });

  it.each(['arn:aws:iam::3333:role/orders', 'arn:aws:elasticache:eu-central-1:account:user:orders'])(
    'is a resource of what is no account: %s',
    (arn) =>
      refuse(
        { permissions: [{ actions: ['iam:PassRole'], resources: [arn] }] },
        'permissions[0].resources[0]',
      ),
  );

  it.each([
    [256, 4_096],
    [1_024, 512],
    [1_024, 2_500],
  ])('is a size that Fargate does not have: %d units with %d MiB', (cpu, memory) =>
    refuse({ cpu, memory }, 'memory'),
  );
});
