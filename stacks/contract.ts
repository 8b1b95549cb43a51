/**
 * What the stacks of one environment tell each other. Names are computed (`aws-names.ts`). Values that AWS chooses are
 * written to SSM parameters by one stack, and read by the others. Remote state would show them the whole state instead.
 */
import { DataAwsSsmParametersByPath } from '@cdktf/provider-aws/lib/data-aws-ssm-parameters-by-path';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import { failAtApply } from '@portcullis/constructs';
import { TerraformLocal, type TerraformStack } from 'cdktf';
import { Construct } from 'constructs';

/** The values, by the stack that publishes them. None of them is a secret. */
export interface Contract {
  readonly data: {
    /** Host that clients of the rate-limit store connect to, where it is ElastiCache. */
    readonly storeHost?: string;
    /** ID of the security group whose members may connect to that store. */
    readonly storeClientsSecurityGroupId?: string;
    /** ARN of the key that encrypts logs. */
    readonly logsKeyArn: string;
  };
  readonly service: {
    /** ARN of the internal load balancer's HTTPS listener. */
    readonly listenerArn: string;
    /** ID of the security group whose members may connect to that listener: for the gateway's network interfaces. */
    readonly gatewaySecurityGroupId: string;
    /** ARN of the network load balancer in front of that listener, where the gateway is a REST API. */
    readonly networkLoadBalancerArn?: string;
    /** Digest of the image that was deployed last. */
    readonly imageDigest: string;
  };
}

type Part = keyof Contract;

/** Whose values they are. An account may hold several APIs, and several environments of each. */
export interface ContractOf {
  readonly policy: { readonly name: string };
  readonly environment: { readonly name: string };
}

/** Writes the values of `part` for the other stacks. */
export function publish<P extends Part>(
  scope: TerraformStack,
  whose: ContractOf,
  part: P,
  values: Contract[P],
): void {
  const published = new Construct(scope, 'published');
  for (const [name, value] of Object.entries<string>({ ...values })) {
    new SsmParameter(published, name, { name: parameter(whose, part, name), type: 'String', value });
  }
}

/**
 * Values that `part` of the same environment has published. While it has published nothing, a value is unknown to a
 * plan, so that an empty account can be planned for; an apply fails with `remedy`.
 *
 * @example
 * const { listenerArn } = published(this, { policy, environment }, 'service', ['listenerArn']);
 */
export function published<P extends Part, K extends keyof Contract[P] & string>(
  scope: TerraformStack,
  whose: ContractOf,
  part: P,
  names: readonly K[],
  remedy = `deploy ${part}-${whose.environment.name} first`,
): Record<K, string> {
  const read = new Construct(scope, `${part}-published`);
  const told = new DataAwsSsmParametersByPath(read, 'told', { path: folder(whose, part) });
  const entries = names.map((name) => {
    const path = parameter(whose, part, name);
    // The provider treats every value as secret.
    const value = `zipmap(${told.fqn}.names, nonsensitive(${told.fqn}.values))["${path}"]`;
    const missing = failAtApply(`nothing at ${path} yet: ${remedy}`);
    const expression = `\${contains(${told.fqn}.names, "${path}") ? ${value} : ${missing}}`;
    return [name, new TerraformLocal(read, name, expression).asString];
  });
  return Object.fromEntries(entries) as Record<K, string>;
}

/** Name of the SSM parameter that holds a value. */
export function parameter(whose: ContractOf, part: Part, name: string): string {
  return `${folder(whose, part)}/${name}`;
}

/** Name of the SSM parameter whose history holds the images that were served. It is not among what stacks read. */
export function goodImages(whose: ContractOf): string {
  return `${folder(whose, 'service')}-good/image`;
}

function folder({ policy, environment }: ContractOf, part: Part): string {
  return `/portcullis/${policy.name}/${environment.name}/${part}`;
}
