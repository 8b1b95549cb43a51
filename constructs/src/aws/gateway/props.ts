/** The properties that both kinds of gateway have, and what can be wrong with them. */
import type { AuthorizerConfiguration, AuthorizerOptions } from '@portcullis/runtime/authorizer';
import type { Problem } from '@portcullis/runtime/policy';
import { logProblems, type LogOptions } from '../account/log-group';
import { placeProblems, type AwsPlace } from '../account/place';
import { unlike, wholeNumber, within } from '../../core/props/checks';
import { domainProblems, type GatewayDomain } from './domain';
import { gatewayNameProblems, type GatewayNaming } from './names';

/** Properties that both kinds of gateway have. */
export interface GatewayProps extends GatewayNaming {
  /** Options of the app's `requireAuth()`, so that both verify alike. @default the policy's issuer and audience */
  readonly auth?: Omit<AuthorizerOptions, 'policy'>;
  /** The host name that clients call, and its certificate. */
  readonly domain: GatewayDomain;
  /** How many clients of the largest tier may be at their limit at once before the gateway throttles. */
  readonly busyClients: number;
  /** How its logs are kept. */
  readonly logs: LogOptions;
}

/** Everything that is wrong with properties that both kinds of gateway have. */
export function gatewayProblems(props: GatewayProps, { issuers }: AuthorizerConfiguration): Problem[] {
  const { place, domain, busyClients, logs } = props;
  return [
    ...within('place', place, (given) => placeProblems('place', given)),
    ...gatewayNameProblems(props),
    ...issuers.flatMap(({ issuer }) =>
      unlike('policy.issuer', issuer, /^https:/, 'an https: URL that AWS can reach'),
    ),
    ...within('domain', domain, (given) => domainProblems(given, place)),
    ...wholeNumber('busyClients', busyClients, 1, 1_000_000),
    ...logProblems(logs, (place as AwsPlace | undefined)?.region),
  ];
}
