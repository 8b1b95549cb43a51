/** A piece of what is judged, as far as moto has it: as it should be, before a change makes it weaker. */
import { REGION, type Resources } from './applied-stack';

type Attributes = Record<string, unknown>;

export const allow = (action: string, resource: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
  });

export const trust = (principal: Attributes): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal }],
  });

export const container = (more: Attributes = {}): string =>
  JSON.stringify([
    {
      name: 'api',
      image: `registry.example.com/api@sha256:${'a'.repeat(64)}`,
      user: '10001',
      readonlyRootFilesystem: true,
      essential: true,
      linuxParameters: { capabilities: { drop: ['ALL'] } },
      ...more,
    },
  ]);

const measured = {
  cloudwatch_metrics_enabled: true,
  metric_name: 'edge',
  sampled_requests_enabled: false,
};
const firewall = (name: string): Attributes => ({
  name,
  scope: 'REGIONAL',
  default_action: { allow: {} },
  visibility_config: measured,
  rule: [
    {
      name: 'by-address',
      priority: 0,
      action: { block: {} },
      statement: { rate_based_statement: { limit: 1_000, aggregate_key_type: 'IP' } },
      visibility_config: measured,
    },
    {
      name: 'common',
      priority: 1,
      override_action: { none: {} },
      statement: {
        managed_rule_group_statement: { vendor_name: 'AWS', name: 'AWSManagedRulesCommonRuleSet' },
      },
      visibility_config: measured,
    },
  ],
});
const authorizer = (name: string): Attributes => ({
  api_id: '${aws_apigatewayv2_api.api.id}',
  name,
  authorizer_type: 'JWT',
  identity_sources: ['$request.header.Authorization'],
  jwt_configuration: { issuer: 'https://auth.example.com', audience: ['https://api.example.com'] },
});
const route = (route_key: string, scope: string): Attributes => ({
  api_id: '${aws_apigatewayv2_api.api.id}',
  route_key,
  authorization_type: 'JWT',
  authorization_scopes: [scope],
  authorizer_id: '${aws_apigatewayv2_authorizer.jwt.id}',
});
const key = (description: string): Attributes => ({
  description,
  enable_key_rotation: true,
  deletion_window_in_days: 30,
});
const subnet = (block: number, zone: string): Attributes => ({
  vpc_id: '${aws_vpc.main.id}',
  cidr_block: `10.0.${block}.0/24`,
  availability_zone: `${REGION}${zone}`,
});

export const JUDGED: Resources = {
  resource: {
    aws_vpc: { main: { cidr_block: '10.0.0.0/16' } },
    aws_subnet: { a: subnet(0, 'a'), b: subnet(1, 'b') },
    aws_security_group: {
      store: { name: 'store', description: 'store', vpc_id: '${aws_vpc.main.id}' },
    },
    aws_vpc_security_group_ingress_rule: {
      redis: {
        security_group_id: '${aws_security_group.store.id}',
        ip_protocol: 'tcp',
        from_port: 6_379,
        to_port: 6_379,
        cidr_ipv4: '10.0.0.0/16',
      },
    },
    aws_apigatewayv2_api: {
      api: { name: 'api', protocol_type: 'HTTP', disable_execute_api_endpoint: true },
    },
    aws_apigatewayv2_authorizer: { jwt: authorizer('jwt'), old: authorizer('old') },
    aws_apigatewayv2_route: {
      users: route('DELETE /api/users', 'delete:users'),
      pay: route('POST /api/pay', 'pay'),
    },
    aws_wafv2_web_acl: { edge: firewall('edge'), old: firewall('old') },
    aws_iam_role: {
      task: { name: 'task', assume_role_policy: trust({ Service: 'ecs-tasks.amazonaws.com' }) },
    },
    aws_iam_role_policy: {
      task: {
        name: 'task',
        role: '${aws_iam_role.task.name}',
        policy: allow('s3:GetObject', 'arn:aws:s3:::a/b'),
      },
    },
    aws_kms_key: { limits: key('limits'), old: key('old') },
    aws_cloudwatch_log_group: {
      access: { name: 'access', retention_in_days: 365 },
      old: { name: 'old', retention_in_days: 365 },
    },
    aws_ssm_parameter: { address: { name: '/staging/address', type: 'String', value: 'a' } },
    aws_ecs_task_definition: {
      api: {
        family: 'api',
        network_mode: 'awsvpc',
        requires_compatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        container_definitions: container(),
      },
    },
    aws_lb: {
      api: {
        name: 'api',
        internal: true,
        drop_invalid_header_fields: true,
        load_balancer_type: 'application',
        subnets: ['${aws_subnet.a.id}', '${aws_subnet.b.id}'],
      },
    },
  },
};
