/** A plan of many resources, as an engine prints it: what a company's larger stacks hold, in turn. */
import type { PlannedRun } from '../../cli/src/workspace/planned-run';

type Values = Readonly<Record<string, unknown>>;

/** Kind, values before and after; nothing before is a resource that is new. */
const KINDS: readonly (readonly [type: string, before: Values | null, after: Values])[] = [
  ['aws_cloudwatch_log_group', { retention_in_days: 7 }, { retention_in_days: 30 }],
  [
    'aws_vpc_security_group_ingress_rule',
    null,
    { cidr_ipv4: '10.0.0.0/8', ip_protocol: 'tcp', from_port: 443, to_port: 443, description: 'inside' },
  ],
  [
    'aws_iam_role_policy',
    null,
    {
      name: 'reads',
      policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::reports/*' },
          { Effect: 'Allow', Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], Resource: '*' },
        ],
      }),
    },
  ],
  [
    'vault_policy',
    { name: 'api', policy: 'path "secret/data/api/*" {\n  capabilities = ["read"]\n}\n' },
    {
      name: 'api',
      policy:
        'path "secret/data/api/*" {\n  capabilities = ["read"]\n}\npath "database/creds/api" {\n  capabilities = ["read"]\n}\n',
    },
  ],
  ['aws_sqs_queue', null, { name: 'jobs', sqs_managed_sse_enabled: true }],
  ['aws_s3_bucket_public_access_block', null, { block_public_acls: true, block_public_policy: true }],
  // What the rules of `rego/plan.rego` are about; the third is the policy above, with a right on every queue.
  [
    'aws_vpc_security_group_ingress_rule',
    null,
    { cidr_ipv4: '0.0.0.0/0', ip_protocol: 'tcp', from_port: 22, to_port: 22, description: 'all' },
  ],
  ['aws_s3_bucket_public_access_block', null, { block_public_acls: true, block_public_policy: false }],
  ['aws_route53_record', { ttl: 60 }, { ttl: 300 }],
  ['aws_ecs_service', { desired_count: 2 }, { desired_count: 3 }],
];

/** What decides such a plan, as `portcullis plan` gathers it. */
export function largePlan(resources: number): PlannedRun {
  const configuration: Record<string, Record<string, Values>> = {};
  const changes = Array.from({ length: resources }, (_, index) => {
    const [type, before, after] = KINDS[index % KINDS.length] ?? ['aws_sqs_queue', null, {}];
    const name = `resource_${index}`;
    (configuration[type] ??= {})[name] = after;
    return {
      address: `${type}.${name}`,
      mode: 'managed',
      type,
      name,
      provider_name: `registry.opentofu.org/hashicorp/${type.split('_')[0] ?? ''}`,
      change: {
        actions: [before === null ? 'create' : 'update'],
        before,
        after,
        after_unknown: before === null ? { id: true, arn: true } : {},
        before_sensitive: false,
        after_sensitive: false,
      },
    };
  });
  const configured = changes.map(({ address, mode, type, name }) => ({
    address,
    mode,
    type,
    name,
    provider_config_key: type.split('_')[0],
    expressions: {},
    schema_version: 0,
  }));
  return {
    plan: JSON.stringify({
      format_version: '1.2',
      terraform_version: '1.12.6',
      planned_values: { root_module: {} },
      resource_changes: changes,
      configuration: { root_module: { resources: configured } },
    }),
    configuration: JSON.stringify({ resource: configuration }),
    files: {},
    refusedModules: [],
    lock: '',
    engine: 'OpenTofu v1.12.6',
    surroundings: {},
    overridden: false,
    lineage: 'f4ecf996-b6df-7f05-a4d9-268b957cf3dc',
  };
}
