/**
 * What the stacks of one environment tell each other. Names are computed (`names.ts`); what only AWS can make up is
 * written to SSM parameters by one stack, and read by others. Not by remote state, which would show them all of it.
 */
import { DataAwsSsmParametersByPath } from '@cdktf/provider-aws/lib/data-aws-ssm-parameters-by-path';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import { failAtApply } from '@portcullis/constructs';
import { TerraformLocal, type TerraformStack } from 'cdktf';
import { Construct } from 'constructs';

/** By the stack that makes it. No secret among them. */
export interface Contract {
  readonly data: {
    /** Host that clients of the rate-limit store connect to. */
    readonly storeHost: string;
    /** Its members may connect to the store. */
    readonly storeClientsSecurityGroupId: string;
    /** Key that encrypts logs. */
    readonly logsKeyArn: string;
  };
  readonly service: {
    /** HTTPS listener of the internal load balancer. */
    readonly listenerArn: string;
    /** Its members may connect to that listener: for the gateway's network interfaces. */
    readonly gatewaySecurityGroupId: string;
    /** Network load balancer before that listener, which VPC links of REST APIs want. Where the gateway is one. */
    readonly networkLoadBalancerArn?: string;
  };
}

type Part = keyof Contract;

/** Writes what `part` tells the others. */
export function publish<P extends Part>(
  scope: TerraformStack,
  environment: string,
  part: P,
  values: Contract[P],
): void {
  const published = new Construct(scope, 'published');
  for (const [name, value] of Object.entries<string>({ ...values })) {
    new SsmParameter(published, name, { name: parameter(environment, part, name), type: 'String', value });
  }
}

/**
 * What `part` of the same environment has told. Where it has told nothing yet, the value is unknown while planning,
 * so that an empty account can be planned for, and an apply fails, saying which stack comes first.
 *
 * @example
 * const { listenerArn } = published(this, 'dev', 'service', ['listenerArn']);
 */
export function published<P extends Part, K extends keyof Contract[P] & string>(
  scope: TerraformStack,
  environment: string,
  part: P,
  names: readonly K[],
): Record<K, string> {
  const read = new Construct(scope, `${part}-published`);
  const told = new DataAwsSsmParametersByPath(read, 'told', { path: `/portcullis/${environment}/${part}` });
  const entries = names.map((name) => {
    const path = parameter(environment, part, name);
    // The values count as secret to the provider, whatever they are.
    const value = `zipmap(${told.fqn}.names, nonsensitive(${told.fqn}.values))["${path}"]`;
    const missing = failAtApply(`nothing at ${path} yet: deploy ${part}-${environment} first`);
    const expression = `\${contains(${told.fqn}.names, "${path}") ? ${value} : ${missing}}`;
    return [name, new TerraformLocal(read, name, expression).asString];
  });
  return Object.fromEntries(entries) as Record<K, string>;
}

/** Name of the parameter that holds it. */
export function parameter(environment: string, part: Part, name: string): string {
  return `/portcullis/${environment}/${part}/${name}`;
}
