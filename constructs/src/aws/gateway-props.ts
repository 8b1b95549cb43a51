/** What every gateway is told, and what is wrong with it. */
import type { AuthorizerConfiguration, AuthorizerOptions } from '@portcullis/runtime/authorizer';
import type { Policy, Problem } from '@portcullis/runtime/policy';
import { logProblems, type LogOptions } from './access-log';
import { domainProblems, type GatewayDomain } from './gateway-domain';

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
  const problem = (wrong: boolean, path: string, message: string): Problem[] =>
    wrong ? [{ path, message }] : [];
  const name = authorizerName(policy);
  return [
    ...problem(
      name.length > LONGEST_NAME,
      'policy.name',
      `received ${JSON.stringify(policy.name)}; "${name}" has to fit into ${LONGEST_NAME} characters`,
    ),
    ...issuers.flatMap(({ issuer }) =>
      problem(
        !issuer.startsWith('https://'),
        'policy.issuer',
        `received ${JSON.stringify(issuer)}; expected an https: URL that AWS can reach`,
      ),
    ),
    ...domainProblems(domain),
    ...problem(
      !(Number.isSafeInteger(busyClients) && busyClients > 0),
      'busyClients',
      `received ${busyClients}; expected a whole number above zero`,
    ),
    ...logProblems(logs),
  ];
}
