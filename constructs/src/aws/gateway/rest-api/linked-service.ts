import { ApiGatewayVpcLink } from '@cdktf/provider-aws/lib/api-gateway-vpc-link';
import type { Problem } from '@portcullis/runtime/policy';
import type { Construct } from 'constructs';
import { SERVER_NAME } from '../http-api/private-service';
import { unlike } from '../../checks';

/**
 * The app, as a REST API reaches it: behind a network load balancer that hands connections on, still encrypted. AWS has
 * links straight to an application load balancer since November 2025, but not the oldest provider that stacks accept:
 * aws 6.13 knows no `integration_target`.
 */
export interface LinkedService {
  readonly networkLoadBalancerArn: string;
  /** The name that the certificate of whoever ends TLS has to hold. */
  readonly serverName: string;
}

/** @returns the link's ID. */
export function restLink(scope: Construct, name: string, service: LinkedService): string {
  return new ApiGatewayVpcLink(scope, 'link', { name, targetArns: [service.networkLoadBalancerArn] }).id;
}

export function linkProblems({ networkLoadBalancerArn, serverName }: LinkedService): Problem[] {
  return [
    ...unlike(
      'service.networkLoadBalancerArn',
      networkLoadBalancerArn,
      /^arn:aws[\w-]*:elasticloadbalancing:[\w-]+:\d{12}:loadbalancer\/net\/[\w/-]+$/,
      'the ARN of a network load balancer',
    ),
    ...unlike('service.serverName', serverName, SERVER_NAME, 'a host name'),
  ];
}
