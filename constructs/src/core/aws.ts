/** How AWS writes where something is, for what checks it without being AWS' own: state, keys, Vault's login. */
import type { Problem } from '@portcullis/runtime/policy';
import { unlike } from './props/checks';
import { known } from './props/later';

/** As in `eu-central-1`, `us-gov-west-1`, `cn-north-1`. */
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/** A key of KMS: its ARN or that of an alias, its ID, or an alias. */
export const KMS_KEY =
  /^(arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[\w/-]+|alias\/[\w/-]+|(mrk-)?[0-9a-f-]{32,36})$/;

export function regionProblems(path: string, region: string): Problem[] {
  return [
    ...known(path, region, 'it says of which partition of AWS all ARNs are'),
    ...unlike(path, region, REGION, 'a region of AWS, such as "eu-central-1"'),
  ];
}

/** Partitions of AWS that these constructs know. ARNs begin with theirs. */
export const PARTITIONS = ['aws', 'aws-us-gov', 'aws-cn'] as const;

export type Partition = (typeof PARTITIONS)[number];

/** The partition of a region. https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
export function partitionOf(region: string): Partition {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** What host names of AWS' services end in, in a region. */
export function suffixOf(region: string): string {
  return partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/**
 * The audience that AWS' STS wants of a job's token: in China, tokens for another one are refused.
 * https://github.com/aws-actions/configure-aws-credentials#oidc-audience
 */
export function audienceOf(partition: Partition): string {
  return partition === 'aws-cn' ? 'sts.amazonaws.com.cn' : 'sts.amazonaws.com';
}

export function accountProblems(path: string, account: string): Problem[] {
  return unlike(path, account, /^\d{12}$/, 'the twelve digits of an account, as text');
}

export function roleArnProblems(path: string, arn: string): Problem[] {
  const pattern = /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
  return unlike(path, arn, pattern, 'the ARN of one IAM role, without a wildcard');
}
