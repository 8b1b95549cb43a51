import type { LeftOut } from '../support/left-out';

/**
 * What is not applied here, because moto cannot do it: each with what it answers. Plans hold all of it; only the apply
 * goes without.
 */
export const LEFT_OUT: readonly LeftOut[] = [
  {
    type: 'aws_elasticache_replication_group',
    reason: 'moto makes no member clusters, which the provider reads back, and never ends deleting one',
    instead: { primary_endpoint_address: 'store.invalid', configuration_endpoint_address: 'store.invalid' },
  },
  {
    type: 'aws_elasticache_subnet_group',
    reason: 'moto has no DeleteCacheSubnetGroup',
    instead: { name: 'left-out' },
  },
  {
    type: 'aws_elasticache_user_group',
    reason: 'moto has no CreateUserGroup',
    instead: { id: 'left-out', user_group_id: 'left-out' },
  },
  {
    type: 'aws_elasticache_parameter_group',
    reason: 'moto has no CreateCacheParameterGroup',
    instead: { id: 'left-out', name: 'left-out' },
  },
  {
    type: 'aws_appautoscaling_target',
    reason: 'moto has no ListTagsForResource of application auto scaling, which the provider reads back',
    instead: {
      resource_id: 'left-out',
      scalable_dimension: 'ecs:service:DesiredCount',
      service_namespace: 'ecs',
    },
  },
  {
    type: 'aws_appautoscaling_policy',
    reason: 'moto makes none without its target',
  },
  {
    type: 'aws_vpc_security_group_ingress_rule',
    argument: 'description',
    reason: 'moto does not give it back',
  },
  {
    type: 'aws_vpc_security_group_egress_rule',
    argument: 'description',
    reason: 'moto does not give it back',
  },
  {
    type: 'aws_lb',
    argument: 'enforce_security_group_inbound_rules_on_private_link_traffic',
    reason: 'moto does not give it back',
  },
  {
    type: 'aws_ecs_service',
    argument: 'health_check_grace_period_seconds',
    reason: 'moto does not give it back',
  },
  {
    type: 'aws_lambda_function',
    argument: 'logging_config',
    reason: 'moto does not give it back',
  },
  {
    type: 'aws_api_gateway_account',
    reason: 'moto answers 500 when it is taken back',
  },
  {
    type: 'aws_api_gateway_integration',
    argument: 'connection_id',
    reason: 'moto does not give it back, and has no UpdateIntegration',
  },
  {
    type: 'aws_apigatewayv2_domain_name',
    reason: 'moto gives it no status, and the provider waits until it is available',
    instead: {
      domain_name: 'left-out',
      domain_name_configuration: [{ target_domain_name: 'left-out.invalid' }],
    },
  },
  {
    type: 'aws_apigatewayv2_api_mapping',
    reason: 'moto makes none without its domain',
  },
];
