/** What the parts of a gateway are called in an account, where other environments may have theirs. */
import type { Policy, Problem } from '@portcullis/runtime/policy';
import { nameWithin } from '../../core/naming/names';
import { unlike } from '../../core/props/checks';
import { known } from '../../core/props/later';
import { ROLE_NAME } from '../arns';
import type { AwsPlace } from '../account/place';

export interface GatewayNames {
  /** Of the API, its VPC link and its firewall. Names of log groups contain it. */
  readonly gateway: string;
  /** Of the Lambda authorizer's function. */
  readonly authorizer: string;
  /** Of that function's IAM role: an account has one of a name, whatever the region. */
  readonly authorizerRole: string;
}

/** AWS takes no longer name of a function or of a role. */
const LONGEST = 64;

const AUTHORIZER = 'authorizer';

/** So that a name with `-authorizer` behind it is one of a function. */
const LONGEST_GATEWAY = LONGEST - AUTHORIZER.length - 1;

/** What names follow from: both kinds of gateway have it. */
export interface GatewayNaming {
  /** The API's policy: routes, scopes, throttles and the issuer follow from it. */
  readonly policy: Policy;
  /** Where the gateway is. */
  readonly place: AwsPlace;
  /** Name of its environment: an account may have several. */
  readonly environment: string;
  /**
   * Name of the API, its VPC link and its firewall, with which the names of its function and its log groups begin: unique
   * in account and region, at most 53 characters. @default `<policy.name>-<environment>`, cut where it is longer
   */
  readonly name?: string;
  /** Name of the IAM role of the Lambda authorizer, unique in the account. @default `<name>-authorizer-<region>` */
  readonly authorizerRole?: string;
}

export function gatewayNames({
  policy,
  environment,
  place,
  name,
  authorizerRole,
}: GatewayNaming): GatewayNames {
  const gateway = name ?? nameWithin(LONGEST_GATEWAY, policy.name, environment);
  return {
    gateway,
    authorizer: `${gateway}-${AUTHORIZER}`,
    authorizerRole: authorizerRole ?? nameWithin(LONGEST, gateway, AUTHORIZER, place.region),
  };
}

/** Everything that is wrong with the names that a gateway is given. */
export function gatewayNameProblems({ environment, name, authorizerRole }: GatewayNaming): Problem[] {
  const madeOf = 'names of other things are made of it';
  return [
    ...known('environment', environment, madeOf),
    ...known('name', name, madeOf),
    ...unlike(
      'environment',
      environment,
      /^[a-z0-9](-?[a-z0-9])*$/i,
      'the name of an environment: letters, digits and single "-"',
    ),
    ...(name === undefined
      ? []
      : unlike(
          'name',
          name,
          new RegExp(`^[a-z0-9][\\w-]{0,${LONGEST_GATEWAY - 1}}$`, 'i'),
          `at most ${LONGEST_GATEWAY} letters, digits, "_" and "-"`,
        )),
    ...(authorizerRole === undefined
      ? []
      : unlike('authorizerRole', authorizerRole, ROLE_NAME, 'the name of a role')),
  ];
}
