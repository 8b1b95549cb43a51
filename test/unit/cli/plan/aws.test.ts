/** What is said of changes of AWS' resources. The changes have the shape that the provider gives them, by its schema. */
import { readPlan } from '../../../../cli/src/plan/read-plan';
import { linesOf, summarize } from '../../../../cli/src/plan/summary';

type Attributes = Record<string, unknown>;
interface Planned {
  readonly before?: Attributes;
  readonly after?: Attributes;
  readonly unknown?: Attributes;
}

/** An update, or what is made or destroyed where one side is left out. */
async function said(type: string, { before, after, unknown = {} }: Planned): Promise<string[]> {
  const action = before === undefined ? 'create' : after === undefined ? 'delete' : 'update';
  const change = { actions: [action], before: before ?? null, after: after ?? null, after_unknown: unknown };
  const resource_changes = [{ address: `${type}.it`, mode: 'managed', type, change }];
  const plan = JSON.stringify({ format_version: '1.2', resource_changes });
  return linesOf(await summarize('edge-dev', readPlan(plan))).map(
    ({ grade, subject, sentence }) => `${grade} ${subject}: ${sentence}`,
  );
}

const policy = (...statements: Attributes[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const allow = (Action: string | string[], Resource: string, more: Attributes = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const route = (more: Attributes) => ({
  route_key: 'DELETE /api/users',
  authorization_type: 'JWT',
  authorization_scopes: ['delete:users'],
  authorizer_id: 'abc',
  ...more,
});
const acl = (rule: Attributes[], defaultAction: Attributes = { allow: [{}], block: [] }) => ({
  name: 'edge',
  default_action: [defaultAction],
  rule,
});
const byAddress = (limit: number, action: Attributes = { block: [{}], count: [] }) => ({
  name: 'by-address',
  priority: 0,
  action: [action],
  override_action: [],
  statement: [{ rate_based_statement: [{ limit }] }],
});
const common = (override: Attributes, counted: string[] = []) => ({
  name: 'common',
  priority: 1,
  action: [],
  override_action: [override],
  statement: [
    {
      managed_rule_group_statement: [
        {
          name: 'common',
          rule_action_override: counted.map((name) => ({
            name,
            action_to_use: [{ count: [{}], block: [] }],
          })),
        },
      ],
    },
  ],
});
const keeps = (countType: string, countNumber: number): string =>
  JSON.stringify({ rules: [{ selection: { tagStatus: 'any', countType, countNumber } }] });
const none = { none: [{}], count: [] };
const DIGEST = `registry.example.com/api@sha256:${'a'.repeat(64)}`;
const OTHER = `registry.example.com/api@sha256:${'b'.repeat(64)}`;
const container = (more: Attributes = {}) => ({
  family: 'api',
  container_definitions: JSON.stringify([
    {
      name: 'api',
      image: DIGEST,
      user: '10001',
      readonlyRootFilesystem: true,
      linuxParameters: { capabilities: { drop: ['ALL'] } },
      environment: [{ name: 'PORT', value: '3000' }],
      ...more,
    },
  ]),
});
const ingress = (more: Attributes = {}) => ({
  from_port: 443,
  to_port: 443,
  protocol: 'tcp',
  cidr_blocks: ['10.0.0.0/16'],
  ipv6_cidr_blocks: [],
  prefix_list_ids: [],
  security_groups: [],
  self: false,
  description: '',
  ...more,
});
const network = (more: Attributes) => ({
  name: 'api',
  network_configuration: [
    { assign_public_ip: false, subnets: ['subnet-1'], security_groups: ['sg-1'], ...more },
  ],
});

const cases: [type: string, planned: Planned, line: string][] = [
  // Who gets in.
  [
    'aws_apigatewayv2_route',
    { after: route({ authorization_scopes: null }) },
    'danger gateway route DELETE /api/users: has no scope: any token gets in',
  ],
  [
    'aws_apigatewayv2_route',
    { before: route({}), after: route({ authorization_scopes: [] }) },
    'danger gateway route DELETE /api/users: has no scope: any token gets in',
  ],
  [
    'aws_apigatewayv2_route',
    { before: route({}), after: route({ authorization_scopes: ['delete:users', 'read:users'] }) },
    'danger gateway route DELETE /api/users: scopes of which a token needs one: gains read:users',
  ],
  [
    'aws_apigatewayv2_route',
    {
      before: route({}),
      after: route({ authorization_type: 'NONE', authorizer_id: '', authorization_scopes: [] }),
    },
    'danger gateway route DELETE /api/users: authorizer removed: no token is asked for',
  ],
  [
    'aws_apigatewayv2_route',
    { after: route({ authorization_type: 'NONE', authorizer_id: null, authorization_scopes: null }) },
    'danger gateway route DELETE /api/users: is public: no token is asked for',
  ],
  [
    'aws_apigatewayv2_route',
    { before: route({}), after: route({ authorization_type: 'CUSTOM', authorization_scopes: [] }) },
    'notice gateway route DELETE /api/users: authorized by CUSTOM instead of JWT',
  ],
  [
    'aws_apigatewayv2_route',
    {
      before: route({}),
      after: route({ authorization_scopes: undefined }),
      unknown: { authorization_scopes: true },
    },
    'unknown gateway route DELETE /api/users: its scopes are known only after the apply',
  ],
  [
    'aws_api_gateway_method',
    {
      before: {
        http_method: 'GET',
        authorization: 'CUSTOM',
        authorizer_id: 'abc',
        request_validator_id: 'v',
      },
      after: { http_method: 'GET', authorization: 'NONE', authorizer_id: null, request_validator_id: 'v' },
    },
    'danger gateway method it: authorizer removed: no token is asked for',
  ],
  [
    'aws_api_gateway_method',
    {
      before: { http_method: 'GET', authorization: 'CUSTOM', request_validator_id: 'v' },
      after: { http_method: 'GET', authorization: 'CUSTOM', request_validator_id: null },
    },
    'danger gateway method it: takes bodies and parameters of any shape',
  ],
  [
    'aws_apigatewayv2_authorizer',
    { before: { name: 'jwt' } },
    'danger gateway authorizer jwt: will be destroyed: authorizer removed, nothing checks the tokens of its routes',
  ],
  [
    'aws_apigatewayv2_authorizer',
    {
      before: { name: 'jwt', jwt_configuration: [{ issuer: 'https://a.example', audience: ['api'] }] },
      after: { name: 'jwt', jwt_configuration: [{ issuer: 'https://b.example', audience: ['api'] }] },
    },
    'danger gateway authorizer jwt: trusts another issuer: https://a.example → https://b.example',
  ],
  [
    'aws_apigatewayv2_authorizer',
    {
      before: { name: 'jwt', jwt_configuration: [{ issuer: 'https://a.example', audience: ['api'] }] },
      after: { name: 'jwt', jwt_configuration: [{ issuer: 'https://a.example', audience: ['api', 'web'] }] },
    },
    'danger gateway authorizer jwt: audiences that it takes gains web',
  ],
  [
    'aws_api_gateway_authorizer',
    {
      before: { name: 'lambda', authorizer_result_ttl_in_seconds: 60 },
      after: { name: 'lambda', authorizer_result_ttl_in_seconds: 300 },
    },
    'danger gateway authorizer lambda: time for which an answer is kept 1m → 5m',
  ],
  [
    'aws_apigatewayv2_api',
    {
      before: { name: 'api', disable_execute_api_endpoint: true },
      after: { name: 'api', disable_execute_api_endpoint: false },
    },
    'danger gateway api: can be reached beside its domain: past its firewall and its TLS policy',
  ],
  [
    'aws_apigatewayv2_stage',
    {
      before: { name: '$default', access_log_settings: [{ destination_arn: 'arn', format: '{}' }] },
      after: { name: '$default', access_log_settings: [] },
    },
    'danger gateway stage $default: access log removed: nothing says who called what',
  ],
  [
    'aws_apigatewayv2_domain_name',
    {
      before: { domain_name: 'api.example.com', domain_name_configuration: [{ security_policy: 'TLS_1_2' }] },
      after: { domain_name: 'api.example.com', domain_name_configuration: [{ security_policy: 'TLS_1_0' }] },
    },
    'danger gateway domain api.example.com: takes connections of less than TLS 1.2: TLS_1_0',
  ],
  // The firewall.
  [
    'aws_wafv2_web_acl',
    { before: acl([byAddress(1_000)]) },
    'danger firewall edge: will be destroyed: firewall removed: attacks reach the API',
  ],
  [
    'aws_wafv2_web_acl',
    { before: acl([byAddress(1_000), common(none)]), after: acl([byAddress(1_000)]) },
    'danger firewall edge: rule common removed',
  ],
  [
    'aws_wafv2_web_acl',
    { before: acl([common(none)]), after: acl([common({ none: [], count: [{}] })]) },
    'danger firewall edge: rule common only counts what it would stop',
  ],
  [
    'aws_wafv2_web_acl',
    { before: acl([byAddress(1_000)]), after: acl([byAddress(1_000, { block: [], count: [{}] })]) },
    'danger firewall edge: rule by-address only counts what it would stop',
  ],
  [
    'aws_wafv2_web_acl',
    { before: acl([common(none)]), after: acl([common(none, ['SizeRestrictions_BODY'])]) },
    'danger firewall edge: rule common no longer stops SizeRestrictions_BODY',
  ],
  [
    'aws_wafv2_web_acl',
    { before: acl([byAddress(1_000)]), after: acl([byAddress(50_000)]) },
    'danger firewall edge: rule by-address: limit of an address 1000 → 50000',
  ],
  [
    'aws_wafv2_web_acl',
    { before: acl([byAddress(1_000)]), after: acl([byAddress(500)]) },
    'notice firewall edge: rule by-address: limit of an address 1000 → 500',
  ],
  [
    'aws_wafv2_web_acl',
    { before: acl([], { allow: [], block: [{}] }), after: acl([]) },
    'danger firewall edge: lets through what no rule is about',
  ],
  [
    'aws_wafv2_web_acl_association',
    { before: { resource_arn: 'arn:stage', web_acl_arn: 'arn:acl' } },
    'danger firewall of aws_wafv2_web_acl_association.it: will be destroyed: firewall no longer in the way, or nothing says what it stopped',
  ],
  // The network.
  [
    'aws_security_group',
    {
      before: { name: 'store', ingress: [ingress()] },
      after: {
        name: 'store',
        ingress: [ingress(), ingress({ from_port: 22, to_port: 22, cidr_blocks: ['0.0.0.0/0'] })],
      },
    },
    'danger security group store: opened: lets in tcp 22 of anyone',
  ],
  [
    'aws_security_group',
    {
      before: { name: 'store', ingress: [ingress()] },
      after: { name: 'store', ingress: [ingress({ cidr_blocks: ['10.0.0.0/8'] })] },
    },
    'notice security group store: lets in tcp 443 of 10.0.0.0/8',
  ],
  [
    'aws_vpc_security_group_ingress_rule',
    { after: { ip_protocol: '-1', cidr_ipv6: '::/0', security_group_id: 'sg-1' } },
    'danger security group rule it: opened: lets in everything of anyone',
  ],
  [
    'aws_vpc_security_group_ingress_rule',
    {
      after: { ip_protocol: 'tcp', from_port: 6379, to_port: 6379, security_group_id: 'sg-1' },
      unknown: { referenced_security_group_id: true },
    },
    'unknown security group rule it: who it lets in is known only after the apply',
  ],
  [
    'aws_vpc_security_group_egress_rule',
    { after: { ip_protocol: 'tcp', from_port: 443, to_port: 443, cidr_ipv4: '0.0.0.0/0' } },
    'notice security group rule it: opened: lets out to tcp 443 of anyone',
  ],
  [
    'aws_security_group_rule',
    {
      before: { type: 'ingress', protocol: 'tcp', from_port: 443, to_port: 443, cidr_blocks: ['10.0.0.0/8'] },
      after: { type: 'ingress', protocol: 'tcp', from_port: 0, to_port: 65_535, cidr_blocks: ['0.0.0.0/0'] },
    },
    'danger security group rule it: opened: lets in everything of anyone',
  ],
  [
    'aws_subnet',
    {
      before: { id: 'subnet-1', map_public_ip_on_launch: false },
      after: { id: 'subnet-1', map_public_ip_on_launch: true },
    },
    'danger subnet subnet-1: gives what runs in it a public address',
  ],
  [
    'aws_route',
    { after: { route_table_id: 'rtb-1', destination_cidr_block: '0.0.0.0/0', gateway_id: 'igw-1' } },
    'danger route aws_route.it: leads to the internet, and from there',
  ],
  [
    'aws_internet_gateway',
    { after: { vpc_id: 'vpc-1' } },
    'danger internet gateway aws_internet_gateway.it: is a way from the internet',
  ],
  // Identities.
  [
    'aws_iam_role_policy',
    {
      before: { name: 'task', policy: policy(allow('s3:GetObject', 'arn:aws:s3:::a/b')) },
      after: { name: 'task', policy: policy(allow(['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::a/b')) },
    },
    'notice AWS policy task: gains s3:PutObject on arn:aws:s3:::a/b',
  ],
  [
    'aws_iam_role_policy',
    {
      before: { name: 'task', policy: policy(allow('s3:GetObject', 'arn:aws:s3:::a/b')) },
      after: { name: 'task', policy: policy(allow('s3:*', '*')) },
    },
    'danger AWS policy task: gains s3:* on *',
  ],
  [
    'aws_iam_role_policy',
    { after: { name: 'task', policy: policy(allow('iam:PassRole', 'arn:aws:iam::1:role/x')) } },
    'danger AWS policy task: gains iam:PassRole on arn:aws:iam::1:role/x',
  ],
  [
    'aws_iam_role_policy',
    {
      before: { name: 'task', policy: policy({ ...allow('s3:DeleteObject', '*'), Effect: 'Deny' }) },
      after: { name: 'task', policy: policy() },
    },
    'danger AWS policy task: loses the denial of s3:DeleteObject on *',
  ],
  [
    'aws_iam_role_policy',
    {
      before: {
        name: 'task',
        policy: policy(
          allow('kms:Decrypt', 'arn:key', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
        ),
      },
      after: { name: 'task', policy: policy(allow('kms:Decrypt', 'arn:key')) },
    },
    'danger AWS policy task: gains kms:Decrypt on arn:key',
  ],
  [
    'aws_iam_role_policy',
    { before: { name: 'task', policy: policy() }, after: { name: 'task' }, unknown: { policy: true } },
    'unknown AWS policy task: what it allows cannot be read from the plan',
  ],
  [
    'aws_iam_role',
    {
      before: {
        name: 'deploy',
        assume_role_policy: policy({
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'ecs-tasks.amazonaws.com' },
        }),
      },
      after: {
        name: 'deploy',
        assume_role_policy: policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '*' } }),
      },
    },
    'danger AWS role deploy: who may take it: gains sts:AssumeRole for *',
  ],
  [
    'aws_iam_role_policy_attachment',
    { after: { role: 'deploy', policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' } },
    'danger policy of AWS role deploy: may do anything: arn:aws:iam::aws:policy/AdministratorAccess',
  ],
  [
    'aws_lambda_permission',
    {
      after: {
        function_name: 'authorizer',
        action: 'lambda:InvokeFunction',
        principal: '*',
        source_arn: 'arn:x',
      },
    },
    'danger permission to call authorizer: anyone may call it',
  ],
  // What is kept.
  [
    'aws_cloudwatch_log_group',
    { before: { name: 'access', retention_in_days: 365 }, after: { name: 'access', retention_in_days: 30 } },
    'danger log access: is kept 365 days → 30 days',
  ],
  [
    'aws_cloudwatch_log_group',
    { before: { name: 'access', retention_in_days: 365 }, after: { name: 'access', retention_in_days: 0 } },
    'notice log access: is kept 365 days → for ever',
  ],
  // A number that JavaScript rounds is read as a text.
  [
    'aws_cloudwatch_log_group',
    {
      before: { name: 'access', retention_in_days: 365 },
      after: { name: 'access', retention_in_days: 2 ** 60 },
    },
    'danger log access: is kept 365 days → 1152921504606847000 days',
  ],
  [
    'aws_cloudwatch_log_group',
    { before: { name: 'access', kms_key_id: 'arn:key' }, after: { name: 'access', kms_key_id: null } },
    'danger log access: is no longer encrypted by a key of its own',
  ],
  [
    'aws_ecr_repository',
    { after: { name: 'api', image_tag_mutability: 'MUTABLE', image_scanning_configuration: [] } },
    'danger image repository api: has tags that can be moved',
  ],
  [
    'aws_ecr_repository',
    {
      before: { name: 'api', image_tag_mutability: 'IMMUTABLE', force_delete: false },
      after: { name: 'api', image_tag_mutability: 'IMMUTABLE', force_delete: true },
    },
    'danger image repository api: is destroyed with all its images',
  ],
  [
    'aws_ecr_repository',
    {
      before: { name: 'api', image_scanning_configuration: [{ scan_on_push: true }] },
      after: { name: 'api', image_scanning_configuration: [{ scan_on_push: false }] },
    },
    'danger image repository api: is not scanned at a push',
  ],
  [
    'aws_ecr_repository',
    {
      before: { name: 'api', image_tag_mutability_exclusion_filter: [] },
      after: { name: 'api', image_tag_mutability_exclusion_filter: [{ filter: 'latest*' }] },
    },
    'danger image repository api: has more tags that can be moved',
  ],
  [
    'aws_ecr_lifecycle_policy',
    {
      before: { repository: 'api', policy: keeps('imageCountMoreThan', 100) },
      after: { repository: 'api', policy: keeps('sinceImagePushed', 365) },
    },
    'danger images kept in api: how many for certain, the newest: 100 → 0',
  ],
  [
    'aws_ecr_lifecycle_policy',
    {
      before: { repository: 'api', policy: keeps('imageCountMoreThan', 100) },
      after: { repository: 'api', policy: '{"rules":[]}' },
    },
    'notice images kept in api: how many for certain, the newest: 100 → all',
  ],
  [
    'aws_kms_key',
    { before: { description: 'limits', policy: '' } },
    'danger key limits: will be destroyed: what it encrypted can be read by nobody',
  ],
  [
    'aws_kms_key',
    {
      before: { description: 'limits', enable_key_rotation: true, deletion_window_in_days: 30 },
      after: { description: 'limits', enable_key_rotation: false, deletion_window_in_days: 7 },
    },
    'danger key limits: is not rotated',
  ],
  [
    'aws_kms_key',
    {
      before: { description: 'limits', deletion_window_in_days: 30 },
      after: { description: 'limits', deletion_window_in_days: 7 },
    },
    'danger key limits: can be had back after a deletion for 30 days → 7 days',
  ],
  [
    'aws_elasticache_replication_group',
    {
      before: { replication_group_id: 'limits', at_rest_encryption_enabled: true },
      after: { replication_group_id: 'limits', at_rest_encryption_enabled: false },
    },
    'danger store limits: is not encrypted on disk',
  ],
  [
    'aws_elasticache_replication_group',
    {
      before: { replication_group_id: 'limits', transit_encryption_mode: 'required' },
      after: { replication_group_id: 'limits', transit_encryption_mode: 'preferred' },
    },
    'danger store limits: talks without TLS too',
  ],
  [
    'aws_elasticache_user',
    {
      before: { user_name: 'api', access_string: 'on ~rl:* +eval' },
      after: { user_name: 'api', access_string: 'on ~* +@all' },
    },
    'danger user of the store api: what it may do: gains ~* +@all',
  ],
  [
    'aws_ssm_parameter',
    { before: { name: '/x', type: 'SecureString' }, after: { name: '/x', type: 'String' } },
    'danger parameter /x: is no longer encrypted',
  ],
  // What runs.
  ...(
    [
      [{ image: 'registry.example.com/api:latest' }, 'runs whatever its tag names at the time'],
      [{ user: 'root' }, 'runs as root'],
      [{ user: undefined }, 'runs as root'],
      [{ readonlyRootFilesystem: false }, 'can write to its own files'],
      [{ privileged: true }, 'is privileged: it is as good as the machine'],
      [{ linuxParameters: {} }, 'keeps capabilities of root'],
    ] as [Attributes, string][]
  ).map(([more, weakness]): [string, Planned, string] => [
    'aws_ecs_task_definition',
    { before: container(), after: container(more) },
    `danger task api: container api ${weakness}`,
  ]),
  [
    'aws_ecs_task_definition',
    { before: container(), after: container({ environment: [{ name: 'PORT', value: '4000' }] }) },
    'notice task api: container api: environment (PORT) changes',
  ],
  [
    'aws_ecs_service',
    { before: network({}), after: network({ assign_public_ip: true }) },
    'danger service api: has a public address',
  ],
  [
    'aws_ecs_service',
    {
      before: { name: 'api', enable_execute_command: false },
      after: { name: 'api', enable_execute_command: true },
    },
    'danger service api: lets people open a shell in it',
  ],
  [
    'aws_lb',
    { before: { name: 'api', internal: true }, after: { name: 'api', internal: false } },
    'danger load balancer api: can be reached from the internet',
  ],
  [
    'aws_lb_listener',
    {
      before: { port: 443, protocol: 'HTTPS', ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' },
      after: { port: 443, protocol: 'HTTPS', ssl_policy: 'ELBSecurityPolicy-2016-08' },
    },
    'danger listener on port 443: takes connections of less than TLS 1.2: ELBSecurityPolicy-2016-08',
  ],
  [
    'aws_lb_listener',
    { before: { port: 443, protocol: 'HTTPS' }, after: { port: 443, protocol: 'HTTP' } },
    'danger listener on port 443: talks HTTP, without TLS',
  ],
  [
    'aws_lambda_function_url',
    { after: { function_name: 'authorizer', authorization_type: 'NONE' } },
    'danger URL of function authorizer: asks nobody who calls',
  ],
];

it.each(cases.map(([type, planned, line]) => ({ type, planned, line })))(
  '$line',
  async ({ type, planned, line }) => {
    expect(await said(type, planned)).toContain(line);
  },
);

it.each([
  [
    'a route whose scopes stay',
    'aws_apigatewayv2_route',
    { before: route({ target: 'a' }), after: route({ target: 'b' }) },
    ['notice gateway route DELETE /api/users: target a → b'],
  ],
  [
    'a task in which only the image changes',
    'aws_ecs_task_definition',
    { before: container(), after: container({ image: OTHER }) },
    [`notice task api: container api runs ${OTHER}`],
  ],
  [
    'rules of a firewall in another order',
    'aws_wafv2_web_acl',
    { before: acl([byAddress(9), common(none)]), after: acl([common(none), byAddress(9)]) },
    [],
  ],
  [
    'a policy written otherwise',
    'aws_iam_role_policy',
    {
      before: { name: 'x', policy: policy(allow(['a:b', 'a:c'], 'r')) },
      after: { name: 'x', policy: policy(allow('a:c', 'r'), allow('a:b', 'r')) },
    },
    [],
  ],
])('says no more than there is of %s', async (_, type, planned, lines) => {
  expect(await said(type, planned)).toEqual(lines);
});

it('shows no value of a container, which may be a secret by mistake', async () => {
  const secret = 'canary-of-a-container';
  const lines = await said('aws_ecs_task_definition', {
    before: container(),
    after: container({ environment: [{ name: 'TOKEN', value: secret }], command: ['--password', secret] }),
  });
  expect(lines.join('\n')).toContain('environment (PORT, TOKEN) changes');
  expect(lines.join('\n')).not.toContain(secret);
});
