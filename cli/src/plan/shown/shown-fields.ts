/**
 * The fields whose values may be shown, by kind of resource. A value appears in a summary, a comment or a change list
 * only if its field is known to hold nothing secret. Everything else is withheld, whatever it looks like: a name says
 * what changed, and whoever may read the state can look it up there.
 *
 * To add one, ask what the worst value is that somebody could put there. Maps that people fill at will (environments,
 * options, variables), texts that are run or sent (user data, bodies, statements) and addresses with a place for a
 * password are never among them. `block.field` is one field of a block.
 */

const TOKENS = [
  ...['token_ttl', 'token_max_ttl', 'token_explicit_max_ttl', 'token_period', 'token_policies', 'token_type'],
  ...['token_bound_cidrs', 'token_num_uses', 'role_name', 'backend'],
];

const AUTH_METHOD = ['path', 'type', 'oidc_discovery_url', 'bound_issuer', 'jwks_url', 'default_role'];

const AWS_POLICY = [
  ...[
    'arn',
    'name',
    'name_prefix',
    'path',
    'policy',
    'role',
    'user',
    'group',
    'bucket',
    'repository',
    'key_id',
  ],
  ...['secret_arn', 'queue_url'],
];

const AUTHORIZER = [
  ...['api_id', 'rest_api_id', 'name', 'authorizer_type', 'type', 'authorizer_uri', 'authorizer_credentials'],
  ...['authorizer_credentials_arn', 'authorizer_payload_format_version', 'authorizer_result_ttl_in_seconds'],
  ...['identity_source', 'identity_sources', 'identity_validation_expression', 'provider_arns'],
  ...['jwt_configuration.issuer', 'jwt_configuration.audience'],
];

const STAGE = [
  ...['api_id', 'rest_api_id', 'name', 'stage_name', 'access_log_settings', 'default_route_settings'],
  ...['route_settings', 'web_acl_arn', 'arn', 'xray_tracing_enabled'],
];

const SECURITY_GROUP_RULE = [
  ...['cidr_ipv4', 'cidr_ipv6', 'cidr_blocks', 'ipv6_cidr_blocks', 'from_port', 'to_port', 'ip_protocol'],
  ...['protocol', 'type', 'prefix_list_id', 'prefix_list_ids', 'referenced_security_group_id'],
  ...['source_security_group_id', 'security_group_id', 'security_groups'],
];

const inBlocks = (blocks: readonly string[], fields: readonly string[]): string[] =>
  blocks.flatMap((block) => fields.map((field) => `${block}.${field}`));

const FIREWALL_USE = ['resource_arn', 'web_acl_arn', 'log_destination_configs', 'redacted_fields'];
const LOAD_BALANCER = [
  ...['arn', 'name', 'name_prefix', 'security_groups', 'subnets', 'access_logs', 'connection_logs'],
  'enable_deletion_protection',
];
const ROUTE = [
  'vpc_id',
  'gateway_id',
  'destination_cidr_block',
  'destination_ipv6_cidr_block',
  'route_table_id',
];
const LISTENER = ['arn', 'port', 'protocol', 'ssl_policy', 'certificate_arn', 'mutual_authentication'];
const GATEWAY = ['name', 'policy', 'cors_configuration', 'protocol_type'];
const DOMAIN = ['domain_name', 'security_policy', 'domain_name_configuration.security_policy'];

export const SHOWN_FIELDS: Readonly<Record<string, readonly string[]>> = {
  // The API's own policy, and the version of a secret input.
  terraform_data: [
    ...inBlocks(
      ['input.policy', 'output.policy'],
      ['name', 'issuer', 'audience', 'tiers', 'defaultTier', 'routes', 'lifetimes', 'cors'],
    ),
    'input.version',
  ],

  vault_policy: ['name', 'policy'],
  vault_mount: [
    ...['path', 'type', 'default_lease_ttl_seconds', 'max_lease_ttl_seconds', 'options.version'],
    ...['audit_non_hmac_request_keys', 'audit_non_hmac_response_keys'],
  ],
  vault_transit_secret_backend_key: [
    ...['backend', 'name', 'type', 'derived', 'convergent_encryption', 'exportable', 'deletion_allowed'],
    ...['allow_plaintext_backup', 'auto_rotate_period', 'min_decryption_version', 'min_encryption_version'],
  ],
  vault_auth_backend: AUTH_METHOD,
  vault_jwt_auth_backend: AUTH_METHOD,
  vault_audit: ['path', 'type', 'options.file_path', 'options.log_raw', 'options.mode'],
  vault_kv_secret_v2: ['name', 'mount', 'path', 'data_json_wo_version'],
  vault_generic_endpoint: ['path'],
  vault_approle_auth_backend_role: [
    ...TOKENS,
    ...['secret_id_bound_cidrs', 'secret_id_num_uses', 'secret_id_ttl'],
  ],
  vault_jwt_auth_backend_role: [
    ...TOKENS,
    ...['bound_audiences', 'bound_subject', 'bound_claims', 'bound_claims_type', 'user_claim', 'role_type'],
    ...['clock_skew_leeway', 'expiration_leeway', 'not_before_leeway'],
  ],
  // The literals of statements are hidden: see redact().
  vault_database_secret_backend_role: [
    ...['name', 'backend', 'db_name', 'default_ttl', 'max_ttl', 'creation_statements'],
    ...['revocation_statements', 'rollback_statements', 'renew_statements'],
  ],
  vault_database_secret_backend_connection: [
    ...['name', 'backend', 'allowed_roles', 'plugin_name', 'root_rotation_statements'],
    ...inBlocks(['postgresql'], ['username', 'password_wo_version', 'max_open_connections']),
    ...inBlocks(['redis'], ['host', 'port', 'username', 'ca_cert']),
  ],

  github_repository: ['name', 'visibility', 'security_and_analysis'],
  github_repository_ruleset: ['name', 'enforcement', 'conditions', 'target', 'rules', 'bypass_actors'],
  github_repository_file: ['repository', 'branch', 'file'],
  github_repository_environment: ['environment', 'repository', 'deployment_branch_policy', 'reviewers'],
  github_workflow_repository_permissions: ['repository', 'default_workflow_permissions'],
  github_actions_repository_permissions: [
    'repository',
    'enabled',
    'allowed_actions',
    'allowed_actions_config',
  ],
  github_actions_variable: ['repository', 'variable_name'],
  github_actions_environment_variable: ['repository', 'environment', 'variable_name'],
  github_actions_secret: ['repository', 'secret_name'],
  github_actions_environment_secret: ['repository', 'environment', 'secret_name'],
  github_actions_organization_secret: ['secret_name', 'visibility'],

  aws_iam_role: [
    ...['arn', 'name', 'name_prefix', 'path', 'assume_role_policy', 'managed_policy_arns', 'inline_policy'],
    ...['max_session_duration', 'permissions_boundary'],
  ],
  ...Object.fromEntries(
    [
      ...['aws_iam_role_policy', 'aws_iam_user_policy', 'aws_iam_group_policy', 'aws_iam_policy'],
      ...['aws_secretsmanager_secret_policy', 'aws_sqs_queue_policy', 'aws_sns_topic_policy'],
      ...['aws_s3_bucket_policy', 'aws_ecr_repository_policy', 'aws_kms_key_policy'],
      ...['aws_iam_role_policy_attachment', 'aws_iam_user_policy_attachment'],
      'aws_iam_group_policy_attachment',
    ].map((type) => [type, [...AWS_POLICY, 'policy_arn']]),
  ),
  aws_iam_openid_connect_provider: ['arn', 'url', 'client_id_list', 'thumbprint_list'],
  aws_kms_key: [
    ...['arn', 'id', 'key_id', 'description', 'policy', 'customer_master_key_spec', 'key_usage'],
    ...['rotation_period_in_days', 'deletion_window_in_days', 'multi_region'],
  ],
  aws_cloudwatch_log_group: ['arn', 'name', 'name_prefix', 'retention_in_days', 'kms_key_id'],
  aws_ssm_parameter: ['arn', 'name', 'type', 'key_id', 'tier', 'data_type'],
  aws_elasticache_replication_group: [
    ...['replication_group_id', 'transit_encryption_mode', 'kms_key_id', 'user_group_ids', 'engine'],
    ...['security_group_ids', 'parameter_group_name', 'engine_version', 'node_type'],
    'log_delivery_configuration',
  ],
  aws_elasticache_user: ['user_id', 'user_name', 'engine', 'access_string'],

  aws_ecr_repository: [
    'arn',
    'name',
    'image_tag_mutability',
    'image_tag_mutability_exclusion_filter',
    'encryption_configuration',
  ],
  aws_ecr_lifecycle_policy: ['repository'],
  aws_ecs_task_definition: [
    ...[
      'arn',
      'family',
      'cpu',
      'memory',
      'task_role_arn',
      'execution_role_arn',
      'network_mode',
      'pid_mode',
      'ipc_mode',
    ],
  ],
  aws_ecs_service: [
    ...['name', 'cluster', 'task_definition', 'network_configuration', 'deployment_circuit_breaker'],
    'desired_count',
  ],
  aws_lambda_function: [
    ...['arn', 'function_name', 'handler', 'role', 'runtime', 'layers', 'kms_key_arn', 'vpc_config'],
    ...['source_code_hash', 'image_uri', 'timeout', 'memory_size'],
  ],
  aws_lambda_function_url: ['function_name', 'authorization_type'],
  aws_lambda_permission: ['action', 'function_name', 'principal', 'source_arn', 'statement_id'],

  aws_apigatewayv2_route: [
    'route_key',
    'target',
    'authorizer_id',
    'authorization_type',
    'authorization_scopes',
  ],
  aws_api_gateway_method: [
    ...['http_method', 'authorizer_id', 'authorization', 'authorization_scopes', 'request_validator_id'],
    ...['request_models', 'request_parameters'],
  ],
  aws_apigatewayv2_authorizer: AUTHORIZER,
  aws_api_gateway_authorizer: AUTHORIZER,
  aws_apigatewayv2_stage: STAGE,
  aws_api_gateway_stage: STAGE,
  aws_apigatewayv2_api: GATEWAY,
  aws_api_gateway_rest_api: GATEWAY,
  aws_apigatewayv2_domain_name: DOMAIN,
  aws_api_gateway_domain_name: DOMAIN,

  // Not what rules look for: a firewall may compare with a secret.
  aws_wafv2_web_acl: [
    ...['arn', 'name', 'scope', 'rule.name', 'rule.priority', 'rule.statement.rate_based_statement.limit'],
    ...inBlocks(
      ['rule.statement.managed_rule_group_statement'],
      ['name', 'vendor_name', 'rule_action_override.name'],
    ),
  ],
  aws_wafv2_web_acl_association: FIREWALL_USE,
  aws_wafv2_web_acl_logging_configuration: FIREWALL_USE,

  aws_lb: LOAD_BALANCER,
  aws_alb: LOAD_BALANCER,
  aws_lb_listener: LISTENER,
  aws_alb_listener: LISTENER,
  aws_security_group: [
    ...['arn', 'name', 'name_prefix', 'vpc_id'],
    ...inBlocks(['ingress', 'egress'], SECURITY_GROUP_RULE),
  ],
  aws_security_group_rule: SECURITY_GROUP_RULE,
  aws_vpc_security_group_ingress_rule: SECURITY_GROUP_RULE,
  aws_vpc_security_group_egress_rule: SECURITY_GROUP_RULE,
  aws_subnet: ['arn', 'id', 'cidr_block'],
  aws_route: ROUTE,
  aws_internet_gateway: ROUTE,
  aws_eip: ROUTE,
};

/** Where something is, in every kind that says so. */
const PLACES: ReadonlySet<string> = new Set(['region', 'availability_zone', 'location', 'account_id']);

/** @param path as in `redis.host`. What is shown includes what is inside of it. */
export function mayShow(type: string, path: string): boolean {
  const fields = Object.hasOwn(SHOWN_FIELDS, type) ? (SHOWN_FIELDS[type] ?? []) : [];
  return PLACES.has(path) || fields.some((field) => path === field || path.startsWith(`${field}.`));
}
