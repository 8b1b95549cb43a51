import { unlike } from '../../core/props/checks';
import { refuseProps } from '../../core/props/errors';
import type { Permission } from './permission';

/** The longest token, in seconds: `awsWebIdentityToken()` asks for the shortest that there is, a minute. */
const LONGEST_SECONDS = 60;

/**
 * The permission to ask STS for a token that says who the role is, for one audience and for a minute: by it the service
 * logs in to Vault (`AwsIdentityLogin`).
 *
 * @throws ConstructError `ERR_PROPS` without an audience.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_getting_started.html
 *
 * @example
 * const permission = webIdentityAccess({ audience: 'https://vault.example.com' });
 */
export function webIdentityAccess({ audience }: { readonly audience: string }): Permission {
  refuseProps('webIdentityAccess()', unlike('audience', audience, /^\S+$/, "Vault's address"));
  return {
    actions: ['sts:GetWebIdentityToken'],
    // It is about nothing but the role itself: AWS knows no ARN for it.
    resources: ['*'],
    condition: {
      'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': audience },
      NumericLessThanEquals: { 'sts:DurationSeconds': String(LONGEST_SECONDS) },
    },
  };
}
