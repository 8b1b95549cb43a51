/** How AWS writes ARNs and IDs of what these constructs are given. */
import type { Problem } from '@portcullis/runtime/policy';
import { shown } from '../core/props/checks';
import { isLater } from '../core/props/later';

export const CERTIFICATE_ARN = /^arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/;
/** Of a key, not of an alias. */
export const KMS_KEY_ARN = /^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+$/;
/** Of an application load balancer. */
export const LISTENER_ARN = /^arn:aws[\w-]*:elasticloadbalancing:[\w-]+:\d{12}:listener\/app\/[\w/-]+$/;
/** Name of an IAM role. */
export const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;
export const SECURITY_GROUP_ID = /^sg-[0-9a-f]+$/;
export const SUBNET_ID = /^subnet-[0-9a-f]+$/;
export const VPC_ID = /^vpc-[0-9a-f]+$/;

/** An ARN's region and account. An ARN that is known only at the apply has neither. */
export function placeOf(arn: string): { readonly region?: string; readonly account?: string } {
  if (typeof arn !== 'string' || isLater(arn)) return {};
  const [, , , region, account] = arn.split(':');
  return { ...(region && { region }), ...(account && { account }) };
}

/**
 * The problem of an ARN of another region or account than that of what uses it: AWS refuses it at the apply.
 *
 * @param place what of it is known. Without an account, the ARN may be of any.
 */
export function elsewhereProblems(
  path: string,
  arn: string,
  place: { readonly region?: string; readonly account?: string },
): Problem[] {
  const { region, account } = placeOf(arn);
  if (sameOrLater(region, place.region) && sameOrLater(account, place.account)) return [];
  const expected = [place.region, place.account]
    .filter((part) => part !== undefined)
    .map(shown)
    .join(', account ');
  return [{ path, message: `received ${shown(arn)}, of another place; expected one in ${expected}` }];
}

/** Whether two names of places are one, as far as that is known. */
export function sameOrLater(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || isLater(one) || isLater(other) || one === other;
}
