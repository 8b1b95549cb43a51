/** A service in a cluster, and behind a listener, that exist already: it changes nothing of either. */
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { ApiService, HttpApiGateway, type ApiServiceProps } from '@portcullis/constructs/aws';
import { Token, ref } from 'cdktf';
import {
  all,
  idsOf,
  only,
  refusal,
  refusedProps,
  stackIn,
  synthesize,
} from '../../../../support/synth/synthesize';
import {
  httpApiProps,
  policyOf,
  serviceOnExistingProps as props,
  serviceProps,
  type RouteInput,
} from '../../../../support/synth/aws-fixtures';

const listener = props.listener!;
const made = (changes: Partial<ApiServiceProps> = {}) =>
  synthesize((stack) => {
    new AwsProvider(stack, 'provider', {});
    new ApiService(stack, 'api', { ...props, ...changes });
  });
const refuse = (changes: object, ...places: string[]): void =>
  expect(() => new ApiService(stackIn(), 'api', { ...props, ...changes })).toThrow(refusedProps(...places));
const refuseListener = (changes: object, ...places: string[]): void =>
  refuse({ listener: { ...listener, ...changes } }, ...places.map((place) => `listener.${place}`));

it('makes neither a cluster nor anything of a load balancer but a rule and a target group', () => {
  const found = made();
  expect(idsOf(found).filter((id) => /^aws_(lb|ecs|.*security_group)/.test(id))).toEqual([
    'aws_ecs_service.service__orders__service',
    'aws_ecs_task_definition.service__orders__task',
    'aws_lb_listener_rule.service__orders__balancer__rule',
    'aws_lb_target_group.service__orders__balancer__tasks',
    'aws_security_group.service__orders__tasks',
    'aws_vpc_security_group_egress_rule.service__orders__outward-443',
    'aws_vpc_security_group_egress_rule.service__orders__queries__out',
    'aws_vpc_security_group_ingress_rule.service__orders__queries__in',
    'aws_vpc_security_group_ingress_rule.service__orders__requests',
  ]);
});

it('adds no rule to the security groups of the load balancer', () => {
  const groups = ['ingress', 'egress'].flatMap((way) =>
    all(made(), `aws_vpc_security_group_${way}_rule`).map(({ security_group_id: group }) => group),
  );
  expect(groups).not.toContain(listener.securityGroupId);
  expect(groups).not.toContain(listener.clientSecurityGroupIds?.[0]);
});

it('lets the load balancer, and nothing else, connect to the tasks', () => {
  const into = all(made(), 'aws_vpc_security_group_ingress_rule').filter(({ security_group_id: group }) =>
    String(group).includes('service__orders__tasks'),
  );
  expect(into).toMatchObject([
    { from_port: 3_000, to_port: 3_000, referenced_security_group_id: listener.securityGroupId },
  ]);
});

it('sends what the rule matches to tasks that are ready', () => {
  const found = made({ listener: { ...listener, paths: ['/orders/*'] } });
  expect(only(found, 'aws_lb_listener_rule')).toMatchObject({
    listener_arn: listener.arn,
    priority: 210,
    action: [
      {
        type: 'forward',
        target_group_arn: '${aws_lb_target_group.service__orders__balancer__tasks.arn}',
      },
    ],
    condition: [
      { host_header: { values: ['orders.internal.example.com'] } },
      { path_pattern: { values: ['/orders/*'] } },
    ],
  });
  expect(only(found, 'aws_lb_target_group')).toMatchObject({
    health_check: { path: '/readyz', matcher: '200' },
  });
  // ECS refuses a target group that no load balancer has.
  expect(only(found, 'aws_ecs_service').depends_on).toContain(
    'aws_lb_listener_rule.service__orders__balancer__rule',
  );
});

it('plans for a listener that is encrypted and internal, and has that security group', () => {
  const { precondition } = only(made(), 'aws_lb_listener_rule').lifecycle as { precondition: object[] };
  expect(JSON.stringify(precondition)).toMatch(/protocol.*HTTPS.*internal.*contains.*security_groups/);
});

it.each([
  ['its name', 'platform'],
  ['its ARN', 'arn:aws:ecs:eu-central-1:333333333333:cluster/platform'],
])('runs in a cluster that is there, given %s', (_what, cluster) => {
  const found = made({ cluster });
  expect(only(found, 'aws_ecs_service').cluster).toBe('platform');
  expect(JSON.stringify(only(found, 'aws_appautoscaling_target').resource_id)).toContain('service/platform/');
  expect(found.text).toContain('"cluster_name": "platform"');
});

it('takes the name of a cluster and the priority of a rule that are known only at the apply', () => {
  const found = made({
    cluster: Token.asString(ref('var.cluster')),
    listener: { ...listener, priority: Token.asNumber(ref('var.priority')) },
  });
  expect(only(found, 'aws_ecs_service').cluster).toMatch(/^\$\{regex\("\[\^\/\]\+\$", var\.cluster\)\}$/);
  expect(only(found, 'aws_lb_listener_rule').priority).toBe('${var.priority}');
});

it('has the engine check hosts and paths that are known only at the apply', () => {
  const found = made({
    listener: { ...listener, hosts: Token.asList(ref('var.hosts')), paths: Token.asList(ref('var.paths')) },
  });
  const { precondition } = only(found, 'aws_lb_listener_rule').lifecycle as {
    precondition: { error_message: string }[];
  };
  const messages = precondition.map(({ error_message: message }) => message);
  expect(messages).toContainEqual(expect.stringMatching(/^listener\.hosts: expected /));
  expect(messages).toContainEqual(expect.stringMatching(/^listener\.paths: expected /));
});

it.each([
  ['hosts', () => [Token.asString(ref('var.host'))]],
  ['hosts', () => ['orders.example.com', Token.asString(ref('var.host'))]],
  ['hosts', () => [`*.${Token.asString(ref('var.host'))}`]],
  ['paths', () => ['/orders', Token.asString(ref('var.path'))]],
])('has the engine check one text of %s that is known only at the apply', (prop, values) => {
  const found = made({ listener: { ...listener, [prop]: values() } });
  const { precondition } = only(found, 'aws_lb_listener_rule').lifecycle as {
    precondition: { condition: string; error_message: string }[];
  };
  const [check] = precondition.filter(({ error_message: message }) =>
    message.startsWith(`listener.${prop}:`),
  );
  expect(check?.condition).toMatch(/^\$\{can\(regex\(.*join\(.*var\.(host|path)/);
});

const gatewayOf = (changes: object, routes: RouteInput[]) =>
  synthesize((stack) => {
    new AwsProvider(stack, 'provider', {});
    const service = new ApiService(stack, 'api', { ...props, listener: { ...listener, ...changes } });
    new HttpApiGateway(stack, 'gateway', { ...httpApiProps, auth: {}, policy: policyOf(routes), service });
  });

it('refuses a gateway one of whose routes the rule would lead to somebody else, with its tokens', () => {
  const routes = [
    { method: 'GET' as const, path: '/orders' },
    { method: 'GET' as const, path: '/orders/:id' },
    { method: 'PUT' as const, path: '/billing' },
  ];
  const refused = (paths: string[], ...strays: string[]): void =>
    expect(() => gatewayOf({ paths }, routes)).toThrow(
      refusal('ERR_PROPS', {
        message: expect.stringMatching(
          new RegExp(
            `props has ${strays.length} problems?${strays.map((one) => `\\n  service\\.paths: .*route ${one} matches.*`).join('')}\\n\\(ERR_PROPS\\)$`,
          ),
        ) as string,
      }),
    );
  refused(['/orders', '/orders/*'], '/billing');
  refused(['/orders/*', '/bill'], '/orders', '/billing');
  refused(['/orders', '/Billing'], '/orders/{id}', '/billing');
  expect(() => gatewayOf({ paths: ['/orders', '/orders/*', '/billing'] }, routes)).not.toThrow();
});

it('refuses a gateway in front of paths that are known only at the apply: nobody can say where routes lead', () => {
  for (const paths of [Token.asList(ref('var.paths')), ['/orders', Token.asString(ref('var.path'))]]) {
    expect(() => gatewayOf({ paths }, [{ method: 'GET', path: '/orders' }])).toThrow(
      /service\.paths.*: received a value that is known only at the apply; .* because each route/,
    );
  }
});

it.each([[null], ['/orders'], [[7]]])('refuses a service whose paths are %j', (paths) => {
  const service = { ...httpApiProps.service, paths } as never;
  expect(() => new HttpApiGateway(stackIn(), 'gateway', { ...httpApiProps, service })).toThrow(
    /service\.paths(\[0\])?: received/,
  );
});

it('is what a gateway wants of a private service: requests bear the host that the rule asks for', () => {
  const found = synthesize((stack) => {
    new AwsProvider(stack, 'provider', {});
    const service = new ApiService(stack, 'api', props);
    new HttpApiGateway(stack, 'gateway', { ...httpApiProps, service });
  });
  expect(only(found, 'aws_apigatewayv2_vpc_link')).toMatchObject({
    security_group_ids: listener.clientSecurityGroupIds,
  });
  expect(only(found, 'aws_apigatewayv2_integration')).toMatchObject({
    integration_uri: listener.arn,
    tls_config: { server_name_to_verify: serviceProps.serverName },
    request_parameters: {
      'overwrite:header.host': 'orders.internal.example.com',
      'overwrite:header.x-request-id': '$context.requestId',
    },
  });
});

it('leaves the host alone where the rule asks for a path', () => {
  const { arn, priority, securityGroupId } = listener;
  const service = new ApiService(stackIn(), 'api', {
    ...props,
    listener: { arn, priority, securityGroupId, paths: ['/orders/*'] },
  });
  expect(service.host).toBeUndefined();
});

describe('what is refused', () => {
  it('is refused with everything that is wrong at once', () => {
    refuse(
      {
        cluster: 'arn:aws:ecs:us-east-1:333333333333:cluster/platform',
        listener: {
          arn: 'arn:aws:elasticloadbalancing:eu-central-1:444444444444:listener/app/shared/1a/2b',
          priority: 0,
          hosts: ['*.example.com'],
          paths: ['/*'],
          securityGroupId: 'shared',
          clientSecurityGroupIds: ['sg-1a', 'gateway'],
        },
        certificateArn: serviceProps.certificateArn,
        networkLoadBalancer: true,
      },
      ...['certificateArn', 'networkLoadBalancer', 'cluster', 'listener.arn', 'listener.priority'],
      ...['listener.hosts[0]', 'listener.paths[0]', 'listener.securityGroupId'],
      'listener.clientSecurityGroupIds[1]',
    );
  });

  it('is a rule that asks for nothing: it would take the requests of all who share the listener', () => {
    refuseListener({ hosts: undefined }, 'hosts');
    refuseListener({ hosts: [] }, 'hosts');
    refuseListener({ paths: [] }, 'paths');
  });

  it.each(['/*', '*', '/', 'orders', '/*/orders', '/or*', '/orders/*/x', '/orders?', '/a b', '/${x}', ''])(
    'is a path that takes the requests of others, or none: %j',
    (path) => refuseListener({ paths: [path] }, 'paths[0]'),
  );

  it.each(['*', '*.example.com', 'a?.example.com', 'https://a.example.com', 'a.example.com:443', ''])(
    'is a host that is a pattern, or none: %j',
    (host) => refuseListener({ hosts: [host] }, 'hosts[0]'),
  );

  it.each(['a'.repeat(129), `${'a.'.repeat(70)}com`])('is a host that AWS does not take: %s', (host) =>
    refuseListener({ hosts: [host] }, 'hosts[0]'),
  );

  it('is more than five values: AWS takes no rule with more', () => {
    const hosts = ['a', 'b', 'c', 'd', 'e', 'f'].map((one) => `${one}.example.com`);
    refuseListener({ hosts }, 'hosts');
    refuseListener({ hosts: hosts.slice(0, 4), paths: ['/a', '/b'] }, 'hosts');
  });

  it.each([0, 50_001, 1.5, '7', NaN])('is a priority that no rule has: %p', (priority) =>
    refuseListener({ priority }, 'priority'),
  );

  it.each([
    'shared',
    'arn:aws:elasticloadbalancing:eu-central-1:333333333333:listener/net/shared/1a/2b',
    'arn:aws:elasticloadbalancing:eu-central-1:333333333333:loadbalancer/app/shared/1a',
    'arn:aws:elasticloadbalancing:us-east-1:333333333333:listener/app/shared/1a/2b',
  ])('is no listener of an application load balancer of the same place: %s', (arn) =>
    refuseListener({ arn }, 'arn'),
  );

  it.each(['', 'a/b', 'plat form', 'arn:aws:ecs:eu-central-1:444444444444:cluster/platform', '${x}'])(
    'is no cluster of the same place: %j',
    (cluster) => refuse({ cluster }, 'cluster'),
  );

  it('is a service with neither a listener nor a certificate', () => {
    expect(
      () => new ApiService(stackIn(), 'api', { ...serviceProps, certificateArn: undefined } as never),
    ).toThrow(
      refusal('ERR_PROPS', {
        message: expect.stringMatching(/certificateArn: received nothing; .*`listener`/) as string,
      }),
    );
  });
});
