import { DataAwsRouteTables } from '@cdktf/provider-aws/lib/data-aws-route-tables';
import { DataAwsSubnets } from '@cdktf/provider-aws/lib/data-aws-subnets';
import type { Problem } from '@portcullis/runtime/policy';
import type { TerraformResourceLifecycle } from 'cdktf';
import { Construct } from 'constructs';
import { SUBNET_ID, VPC_ID } from '../arns';
import { each, isList, unless, unlike } from '../../core/props/checks';
import { isLater } from '../../core/props/later';

/** Part of a network that exists already: this package creates none. */
export interface PrivateNetwork {
  /** As in `vpc-0a1b2c3d`. */
  readonly vpcId: string;
  /** Subnets that the internet cannot reach, in two zones at least. */
  readonly privateSubnetIds: readonly string[];
}

export function networkProblems({ vpcId, privateSubnetIds: ids }: PrivateNetwork): Problem[] {
  const two = isLater(ids) || !isList(ids) || new Set(ids).size >= 2;
  return [
    ...unlike('network.vpcId', vpcId, VPC_ID, 'the ID of a VPC'),
    ...unless(two, 'network.privateSubnetIds', ids, 'at least two different subnets, in zones of their own'),
    ...each('network.privateSubnetIds', ids, (id, path) =>
      unlike(path, id, SUBNET_ID, 'the ID of a private subnet'),
    ),
  ];
}

/**
 * The lifecycle of a resource in these subnets: its plan fails if one of them is public. The subnets are looked up by
 * filter, so that an empty account, which has none of them yet, can be planned for.
 */
export function onlyInPrivate(
  scope: Construct,
  { privateSubnetIds }: PrivateNetwork,
): TerraformResourceLifecycle {
  const checks = new Construct(scope, 'private');
  const values = [...privateSubnetIds];
  const giving = new DataAwsSubnets(checks, 'giving-addresses', {
    filter: [
      { name: 'subnet-id', values },
      { name: 'map-public-ip-on-launch', values: ['true'] },
    ],
  });
  const reachable = new DataAwsRouteTables(checks, 'to-the-internet', {
    filter: [
      { name: 'association.subnet-id', values },
      { name: 'route.gateway-id', values: ['igw-*'] },
    ],
  });
  return {
    precondition: [
      {
        condition: `\${length(${giving.fqn}.ids) == 0}`,
        errorMessage: `received a public subnet, which gives what starts there an address of the internet: \${join(", ", ${giving.fqn}.ids)}; give private ones`,
      },
      {
        condition: `\${length(${reachable.fqn}.ids) == 0}`,
        errorMessage: `received a public subnet, whose route table leads to an internet gateway: \${join(", ", ${reachable.fqn}.ids)}; give subnets with a NAT gateway or endpoints instead`,
      },
    ],
  };
}
