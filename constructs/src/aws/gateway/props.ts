/** What every gateway is told, and what is wrong with it. */
import type { AuthorizerConfiguration, AuthorizerOptions } from '@portcullis/runtime/authorizer';
import type { Policy, Problem } from '@portcullis/runtime/policy';
import { logProblems, type LogOptions } from './access-log';
import { unless, unlike, wholeNumber } from '../checks';
import { domainProblems, type GatewayDomain } from './domain';

export interface GatewayProps {
  readonly policy: Policy;
  /** As the app's `requireAuth()` has them. */
  readonly auth?: Omit<AuthorizerOptions, 'policy'>;
  readonly domain: GatewayDomain;
  /** How many clients of the largest tier may be at their limit at once before the gateway throttles. */
  readonly busyClients: number;
  readonly logs: LogOptions;
}

/** Longest name of a function and of a role. */
const LONGEST_NAME = 64;

export function authorizerName({ name }: Policy): string {
  return `${name}-authorizer`;
}

export function gatewayProblems(
  { policy, domain, busyClients, logs }: GatewayProps,
  { issuers }: AuthorizerConfiguration,
): Problem[] {
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
    ...domainProblems(domain),
    ...wholeNumber('busyClients', busyClients, 1, 1_000_000),
    ...logProblems(logs),
  ];
}
