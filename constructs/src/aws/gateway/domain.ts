import type { Problem } from '@portcullis/runtime/policy';
import { CERTIFICATE_ARN, elsewhereProblems } from '../arns';
import type { AwsPlace } from '../account/place';
import { unlike } from '../../core/props/checks';

/** The name under which clients call a gateway. The `execute-api` address that AWS gives it is disabled. */
export interface GatewayDomain {
  /** As in `api.example.com`. */
  readonly name: string;
  /** ARN of ACM's certificate of that name, in the gateway's region. */
  readonly certificateArn: string;
}

/** Security policy of both kinds of gateway: TLS 1.2 or 1.3, nothing older. */
export const SECURITY_POLICY = 'TLS_1_2';

/** Everything that is wrong with a domain of a gateway that is `here`. */
export function domainProblems(
  { name, certificateArn }: GatewayDomain,
  here: AwsPlace | undefined,
): Problem[] {
  return [
    ...unlike(
      'domain.name',
      name,
      /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
      'a host name in lower case, without a wildcard',
    ),
    ...unlike('domain.certificateArn', certificateArn, CERTIFICATE_ARN, "the ARN of ACM's certificate"),
    ...(CERTIFICATE_ARN.test(certificateArn)
      ? elsewhereProblems('domain.certificateArn', certificateArn, here ?? {})
      : []),
  ];
}
