/**
 * What is not applied here, because moto cannot do it: each with what it answers. Plans hold all of it; only the apply
 * goes without.
 */
export interface LeftOut {
  /** Of the resource, as in `aws_elasticache_user_group`. */
  readonly type: string;
  /** Only this argument of it. @default the whole resource */
  readonly argument?: string;
  readonly reason: string;
  /** What stands for its attributes where others refer to them, by attribute. */
  readonly instead?: Readonly<Record<string, unknown>>;
}

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

/** What a stack is when synthesized, as far as this matters. */
export interface Configuration {
  readonly resource?: Record<string, Record<string, Record<string, unknown>>>;
}

/**
 * The stack without what moto cannot do, and one line for each resource that goes without something.
 *
 * @throws Error when something refers to what is gone and nothing stands for it.
 */
export function leaveOut<T extends Configuration>(
  configuration: T,
  leftOut: readonly LeftOut[] = LEFT_OUT,
): { configuration: T; lines: readonly string[] } {
  const lines: string[] = [];
  const left = structuredClone(configuration);
  for (const { type, argument, reason } of leftOut) {
    for (const [name, resource] of Object.entries(left.resource?.[type] ?? {})) {
      if (argument !== undefined && !(argument in resource)) continue;
      lines.push(`left out: ${type}.${name}${argument === undefined ? '' : `.${argument}`}: ${reason}`);
      if (argument !== undefined) Reflect.deleteProperty(resource, argument);
    }
    if (argument === undefined) delete left.resource?.[type];
  }
  return { configuration: withoutReferences(left, leftOut), lines };
}

function withoutReferences<T>(value: T, leftOut: readonly LeftOut[]): T {
  const gone = leftOut.filter(({ argument }) => argument === undefined);
  const visit = (node: unknown): unknown => {
    if (typeof node === 'string') return gone.reduce(replaced, node);
    if (Array.isArray(node)) return node.filter((item) => !isDependency(item, gone)).map(visit);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, visit(inner)]));
  };
  return visit(value) as T;
}

function replaced(text: string, { type, instead = {} }: LeftOut): string {
  return text.replaceAll(new RegExp(`\\b${type}\\.[\\w-]+\\.(\\w+)`, 'g'), (reference, attribute: string) => {
    const value = instead[attribute];
    if (value === undefined) throw new Error(`${reference} is referred to, but ${type} is left out`);
    return JSON.stringify(value);
  });
}

/** An entry of `depends_on`: `aws_x.name`. */
function isDependency(item: unknown, gone: readonly LeftOut[]): boolean {
  return typeof item === 'string' && gone.some(({ type }) => new RegExp(`^${type}\\.[\\w-]+$`).test(item));
}
