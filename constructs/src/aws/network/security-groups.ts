import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';

/** A security group without a rule: it lets nothing in and nothing out. @returns its ID */
export function securityGroup(
  scope: Construct,
  id: string,
  props: { readonly vpcId: string; readonly name: string; readonly description: string },
): string {
  return new SecurityGroup(scope, id, props).id;
}

export interface Passage {
  /** ID of the security group that connects. */
  readonly from: string;
  /** ID of the security group that is connected to. */
  readonly to: string;
  readonly port: number;
  /** What the connection is for: shown beside the rule. */
  readonly description: string;
}

/** Lets members of one security group connect to members of another on one TCP port: a rule out, and a rule in. */
export function letThrough(scope: Construct, id: string, props: Passage): void {
  const passage = new Construct(scope, id);
  new VpcSecurityGroupEgressRule(passage, 'out', {
    securityGroupId: props.from,
    referencedSecurityGroupId: props.to,
    ...onPort(props),
  });
  letIn(passage, 'in', props);
}

/** The rule in alone, where the rules of `from` are somebody else's. */
export function letIn(scope: Construct, id: string, props: Passage): void {
  new VpcSecurityGroupIngressRule(scope, id, {
    securityGroupId: props.to,
    referencedSecurityGroupId: props.from,
    ...onPort(props),
  });
}

/** Lets members of a security group connect to one TCP port of any address, as of servers outside the network. */
export function letOut(scope: Construct, id: string, props: Omit<Passage, 'to'>): void {
  new VpcSecurityGroupEgressRule(scope, id, {
    securityGroupId: props.from,
    cidrIpv4: '0.0.0.0/0',
    ...onPort(props),
  });
}

const onPort = ({ port, description }: Pick<Passage, 'port' | 'description'>) => ({
  ipProtocol: 'tcp',
  fromPort: port,
  toPort: port,
  description,
});
