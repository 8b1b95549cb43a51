import { Apigatewayv2Integration } from '@cdktf/provider-aws/lib/apigatewayv2-integration';
import { Apigatewayv2VpcLink } from '@cdktf/provider-aws/lib/apigatewayv2-vpc-link';
import type { Problem } from '@portcullis/runtime/policy';
import type { Construct } from 'constructs';
import { LISTENER_ARN, SECURITY_GROUP_ID, SUBNET_ID, elsewhereProblems } from '../../arns';
import type { AwsPlace } from '../../account/place';
import { REQUEST_ID_HEADER } from '../access-log';
import { HOST_NAME, each, isList, shown, unlike } from '../../../core/props/checks';
import { isLater, known } from '../../../core/props/later';

/** The app behind an internal load balancer that speaks TLS, as an HTTP API reaches it: {@link ApiService} is one. */
export interface PrivateService {
  /** ARN of the load balancer's HTTPS listener. */
  readonly listenerArn: string;
  /** Host name that the listener's certificate has to be for. */
  readonly serverName: string;
  /** Host that requests bear (`Host`), where the listener's rule asks for one. @default what API Gateway writes there */
  readonly host?: string | undefined;
  /** Paths that the listener's rule asks for: the requests of others go to somebody else. @default every path */
  readonly paths?: readonly string[] | undefined;
  /** IDs of the private subnets, in two zones at least, that hold the gateway's network interfaces. */
  readonly subnetIds: readonly string[];
  /** IDs of those interfaces' security groups. They need to reach the listener; nothing needs to reach them. */
  readonly securityGroupIds: readonly string[];
}

/**
 * A VPC link to the service, and the integration that sends requests through it.
 *
 * @returns the integration's target, as routes name it.
 */
export function integrate(scope: Construct, name: string, apiId: string, service: PrivateService): string {
  const link = new Apigatewayv2VpcLink(scope, 'link', {
    name,
    subnetIds: [...service.subnetIds],
    securityGroupIds: [...service.securityGroupIds],
  });
  const integration = new Apigatewayv2Integration(scope, 'service', {
    apiId,
    integrationType: 'HTTP_PROXY',
    integrationMethod: 'ANY',
    integrationUri: service.listenerArn,
    connectionType: 'VPC_LINK',
    connectionId: link.id,
    payloadFormatVersion: '1.0',
    tlsConfig: { serverNameToVerify: service.serverName },
    requestParameters: {
      // It replaces what a client sends there, which is not believed.
      [`overwrite:header.${REQUEST_ID_HEADER}`]: '$context.requestId',
      ...(service.host !== undefined && { 'overwrite:header.host': service.host }),
    },
  });
  return `integrations/${integration.id}`;
}

/**
 * The routes that the listener's rule would lead to somebody else, with the tokens of their callers.
 *
 * @param routePaths as the gateway has them: `/orders/{id}`.
 */
export function strayProblems(
  paths: readonly string[] | undefined,
  routePaths: readonly string[],
): readonly Problem[] {
  if (paths === undefined) return [];
  const given = 'service.paths';
  const problems = [
    ...known(given, paths, 'each route of the policy has to match one of them'),
    ...each(given, paths, (one, path) => unlike(path, one, /^\//, 'a path as in "/orders" or "/orders/*"')),
  ];
  if (problems.length > 0) return problems;
  const leadsHere = (path: string): boolean =>
    paths.some((one) => (one.endsWith('/*') ? path.startsWith(one.slice(0, -1)) : path === one));
  return [...new Set(routePaths)]
    .filter((path) => !leadsHere(path))
    .map((path) => ({
      path: given,
      message: `received ${shown(paths)}; expected one that the policy's route ${path} matches, or \`hosts\` instead: its requests, with their tokens, would go to another service of the listener`,
    }));
}

/** Everything that is wrong with a service of a gateway that is `here`. */
export function serviceProblems(service: PrivateService, here: AwsPlace | undefined): Problem[] {
  const { listenerArn, serverName, subnetIds, securityGroupIds } = service;
  const fewer = (path: string, ids: readonly string[], least: number): Problem[] =>
    isLater(ids) || !isList(ids) || new Set(ids).size >= least
      ? []
      : [
          {
            path: `service.${path}`,
            message: `received ${JSON.stringify(ids)}; expected at least ${least} different`,
          },
        ];
  return [
    ...unlike(
      'service.listenerArn',
      listenerArn,
      LISTENER_ARN,
      "the ARN of an application load balancer's listener",
    ),
    ...(LISTENER_ARN.test(listenerArn)
      ? elsewhereProblems('service.listenerArn', listenerArn, here ?? {})
      : []),
    ...unlike('service.serverName', serverName, HOST_NAME, 'a host name'),
    ...(service.host === undefined ? [] : unlike('service.host', service.host, HOST_NAME, 'a host name')),
    ...fewer('subnetIds', subnetIds, 2),
    ...each('service.subnetIds', subnetIds, (id, path) =>
      unlike(path, id, SUBNET_ID, 'the ID of a private subnet'),
    ),
    ...fewer('securityGroupIds', securityGroupIds, 1),
    ...each('service.securityGroupIds', securityGroupIds, (id, path) =>
      unlike(path, id, SECURITY_GROUP_ID, 'the ID of a security group'),
    ),
  ];
}
