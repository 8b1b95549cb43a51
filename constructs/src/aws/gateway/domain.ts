import type { Problem } from '@portcullis/runtime/policy';
import { unlike } from '../checks';

/** The name under which clients call a gateway. Its `execute-api` address, which AWS gives, is closed. */
export interface GatewayDomain {
  /** `api.example.com` */
  readonly name: string;
  /** ARN of ACM's certificate of that name, in the gateway's region. */
  readonly certificateArn: string;
}

/** Of both kinds of gateway: TLS 1.2 or 1.3, nothing older. */
export const SECURITY_POLICY = 'TLS_1_2';

export function domainProblems({ name, certificateArn }: GatewayDomain): Problem[] {
  return [
    ...unlike(
      'domain.name',
      name,
      /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
      'a host name in lower case, without a wildcard',
    ),
    ...unlike(
      'domain.certificateArn',
      certificateArn,
      /^arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/,
      "the ARN of ACM's certificate",
    ),
  ];
}
