import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { collisionsIn, type Kind } from '../../core/naming/collisions';
import { isLater } from '../../core/props/later';
import { forwardedBy } from '../service/forwarded-by';
import type { AwsPlace } from './place';

interface AwsKind extends Kind {
  /** Regions of an account do not have it apart from each other. @default false */
  readonly global?: boolean;
}

const NAMED = { name: 'nameInput' } as const;
const DOMAIN = { what: 'the domain name', name: 'domainNameInput', anyCase: true } as const;
const HTTP_LINK = { what: 'the VPC link of HTTP APIs', ...NAMED } as const;

/** What has a name in an account, or in a region of one. Names of IAM are the same in either case. */
const KINDS: Readonly<Record<string, AwsKind | readonly AwsKind[]>> = {
  aws_iam_role: { what: 'the role', ...NAMED, anyCase: true, global: true },
  aws_iam_policy: { what: 'the policy', ...NAMED, anyCase: true, global: true },
  aws_iam_openid_connect_provider: { what: 'the identity provider', name: 'urlInput', global: true },
  aws_lambda_function: { what: 'the function', name: 'functionNameInput' },
  aws_cloudwatch_log_group: { what: 'the log group', ...NAMED },
  aws_secretsmanager_secret: { what: 'the secret', ...NAMED },
  aws_ssm_parameter: { what: 'the parameter', ...NAMED },
  aws_kms_alias: { what: 'the alias', ...NAMED },
  aws_security_group: { what: 'the security group', ...NAMED, within: 'vpcIdInput' },
  aws_lb: { what: 'the load balancer', ...NAMED },
  aws_lb_target_group: { what: 'the target group', ...NAMED },
  aws_lb_listener_rule: [
    { what: 'the rule of priority', name: 'priorityInput', within: 'listenerArnInput' },
    { what: 'the rule for', namesOf: forwardedBy, within: 'listenerArnInput' },
  ],
  aws_ecr_repository: { what: 'the repository of images', ...NAMED },
  aws_ecs_cluster: { what: 'the cluster', ...NAMED },
  aws_ecs_service: { what: 'the service', ...NAMED, within: 'clusterInput' },
  aws_ecs_task_definition: { what: 'the task family', name: 'familyInput' },
  aws_elasticache_replication_group: {
    what: 'the replication group',
    name: 'replicationGroupIdInput',
    anyCase: true,
  },
  aws_elasticache_subnet_group: { what: 'the subnet group', ...NAMED, anyCase: true },
  aws_elasticache_parameter_group: { what: 'the parameter group', ...NAMED, anyCase: true },
  aws_elasticache_user: { what: 'the user', name: 'userIdInput', anyCase: true },
  aws_elasticache_user_group: { what: 'the user group', name: 'userGroupIdInput', anyCase: true },
  aws_apigatewayv2_vpc_link: HTTP_LINK,
  aws_api_gateway_vpc_link: { ...HTTP_LINK, what: 'the VPC link of REST APIs' },
  aws_apigatewayv2_domain_name: DOMAIN,
  aws_api_gateway_domain_name: DOMAIN,
  aws_api_gateway_account: { what: "API Gateway's setting" },
  aws_wafv2_web_acl: { what: 'the firewall', ...NAMED, within: 'scopeInput' },
};

const places = new WeakMap<TerraformStack, AwsPlace[]>();

const refuse = collisionsIn<AwsKind>({
  name: 'AWS',
  kinds: KINDS,
  placesIn: (stack) => {
    const main = providerOf(stack);
    const told = places.get(stack) ?? [];
    return ({ provider = main, regionInput }, { global = false }) => {
      const given = provider instanceof AwsProvider ? provider : undefined;
      // Constructs say where they are, and have the main provider.
      const said = provider === main ? told : [];
      const account = theOne(given?.allowedAccountIdsInput ?? said.map((one) => one.account));
      if (global) return { shared: account };
      const own = typeof regionInput === 'string' ? regionInput : given?.regionInput;
      const region = theOne(own === undefined ? said.map((one) => one.region) : [own]);
      return { shared: region && account, ...(region !== undefined && { part: region }) };
    };
  },
});

/**
 * Has the synthesis refuse two things of one name in an account, or in a region of it. The account of a stack is the one
 * that its provider allows, or else that of its constructs; while it is not known, each stack has an account of its own.
 *
 * @param scope any construct of the stack.
 * @param place where it is. @default it does not say
 */
export function refuseCollisions(scope: Construct, place?: AwsPlace): void {
  const stack = TerraformStack.of(scope);
  if (place) places.set(stack, [...(places.get(stack) ?? []), place]);
  refuse(scope);
}

/** The provider of a stack's resources, unless they name another. */
function providerOf(stack: TerraformStack): AwsProvider | undefined {
  return stack.node
    .findAll()
    .find((one): one is AwsProvider => one instanceof AwsProvider && one.alias === undefined);
}

/** What all of them are, if they are one, and known. */
function theOne(values: readonly string[]): string | undefined {
  const [one, ...others] = isLater(values) ? [] : [...new Set(values)];
  return others.length > 0 || isLater(one) ? undefined : one;
}
