import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';

/** A security group without a rule: nothing in, nothing out. */
export function securityGroup(
  scope: Construct,
  id: string,
  props: { readonly vpcId: string; readonly name: string; readonly description: string },
): string {
  return new SecurityGroup(scope, id, props).id;
}

export interface Passage {
  /** IDs of security groups. */
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** Who speaks what to whom, for those who read rules. */
  readonly description: string;
}

/** Lets members of one security group connect to those of another on one port: out of the one, into the other. */
export function letThrough(scope: Construct, id: string, { from, to, port, description }: Passage): void {
  const passage = new Construct(scope, id);
  const rule = { ipProtocol: 'tcp', fromPort: port, toPort: port, description };
  new VpcSecurityGroupEgressRule(passage, 'out', {
    securityGroupId: from,
    referencedSecurityGroupId: to,
    ...rule,
  });
  new VpcSecurityGroupIngressRule(passage, 'in', {
    securityGroupId: to,
    referencedSecurityGroupId: from,
    ...rule,
  });
}

/** Lets members of a security group connect to one port anywhere: to what has no security group of its own. */
export function letOut(scope: Construct, id: string, { from, port, description }: Omit<Passage, 'to'>): void {
  new VpcSecurityGroupEgressRule(scope, id, {
    securityGroupId: from,
    cidrIpv4: '0.0.0.0/0',
    ipProtocol: 'tcp',
    fromPort: port,
    toPort: port,
    description,
  });
}
