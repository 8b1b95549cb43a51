/** The properties that both kinds of gateway have, and what can be wrong with them. */
import type { AuthorizerConfiguration, AuthorizerOptions } from '@portcullis/runtime/authorizer';
import type { Policy, Problem } from '@portcullis/runtime/policy';
import { logProblems, type LogOptions } from '../account/log-group';
import { unless, unlike, wholeNumber, within } from '../../core/checks';
import { placeOf } from '../arns';
import { domainProblems, type GatewayDomain } from './domain';

export interface GatewayProps {
  /** The API's policy: routes, scopes, throttles and the issuer follow from it. */
  readonly policy: Policy;
  /** Options of the app's `requireAuth()`, so that both verify alike. @default the policy's issuer and audience */
  readonly auth?: Omit<AuthorizerOptions, 'policy'>;
  readonly domain: GatewayDomain;
  /** How many clients of the largest tier may be at their limit at once before the gateway throttles. */
  readonly busyClients: number;
  readonly logs: LogOptions;
}

/** AWS takes no longer name of a function or of a role. */
const LONGEST_NAME = 64;

/** Name of the gateway's Lambda authorizer. */
export function authorizerName({ name }: Policy): string {
  return `${name}-authorizer`;
}

/**
 * Everything that is wrong with properties that both kinds of gateway have.
 *
 * @param balancerArn ARN of the load balancer or listener behind the gateway.
 */
export function gatewayProblems(
  { policy, domain, busyClients, logs }: GatewayProps,
  { issuers }: AuthorizerConfiguration,
  balancerArn: string | undefined,
): Problem[] {
  // The load balancer says where the gateway is: AWS takes a certificate of the same account and region alone.
  const here = balancerArn === undefined ? {} : placeOf(balancerArn);
  const name = authorizerName(policy);
  return [
    ...unless(
      name.length <= LONGEST_NAME,
      'policy.name',
      policy.name,
      `a name so short that "${name}" has at most ${LONGEST_NAME} characters`,
    ),
    ...issuers.flatMap(({ issuer }) =>
      unlike('policy.issuer', issuer, /^https:/, 'an https: URL that AWS can reach'),
    ),
    ...within('domain', domain, (given) => domainProblems(given, here)),
    ...wholeNumber('busyClients', busyClients, 1, 1_000_000),
    ...logProblems(logs, here.region),
  ];
}
