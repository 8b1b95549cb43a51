import { ApiGatewayVpcLink } from '@cdktf/provider-aws/lib/api-gateway-vpc-link';
import type { Problem } from '@portcullis/runtime/policy';
import type { Construct } from 'constructs';
import { HOST_NAME, unlike } from '../../../core/props/checks';
import type { AwsPlace } from '../../account/place';
import { elsewhereProblems } from '../../arns';

/**
 * The app as a REST API reaches it: behind a network load balancer that passes connections on, still encrypted. AWS has
 * had links straight to an application load balancer since November 2025. The oldest provider that stacks accept, aws
 * 6.13, does not know them: it has no `integration_target`.
 */
export interface LinkedService {
  /** ARN of the network load balancer. */
  readonly networkLoadBalancerArn: string;
  /** Host name that the certificate of the server behind it has to be for. */
  readonly serverName: string;
}

/** A VPC link to the service. @returns its ID */
export function restLink(scope: Construct, name: string, service: LinkedService): string {
  return new ApiGatewayVpcLink(scope, 'link', { name, targetArns: [service.networkLoadBalancerArn] }).id;
}

const BALANCER_ARN = /^arn:aws[\w-]*:elasticloadbalancing:[\w-]+:\d{12}:loadbalancer\/net\/[\w/-]+$/;

/** Everything that is wrong with a service of a gateway that is `here`. */
export function linkProblems(
  { networkLoadBalancerArn: arn, serverName }: LinkedService,
  here: AwsPlace | undefined,
): Problem[] {
  const path = 'service.networkLoadBalancerArn';
  return [
    ...unlike(path, arn, BALANCER_ARN, 'the ARN of a network load balancer'),
    ...(BALANCER_ARN.test(arn) ? elsewhereProblems(path, arn, here ?? {}) : []),
    ...unlike('service.serverName', serverName, HOST_NAME, 'a host name'),
  ];
}
