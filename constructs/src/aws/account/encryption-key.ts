import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { knownAs, literal, refuseProps } from '../../core';
import { refuseCollisions } from './collisions';
import { noneOf, unlike, within } from '../../core/props/checks';
import { guardProblems } from '../../core/props/guard';
import { known } from '../../core/props/later';
import { permissionDocument, type ResourcePermission } from './permission';
import { partitionOf, suffixOf } from '../../core/aws';
import { placeProblems, type AwsPlace } from './place';

/** Properties of {@link EncryptionKey}. */
export interface EncryptionKeyProps {
  /** Account and region that it is in. */
  readonly place: AwsPlace;
  /** Name of its alias, without `alias/`. */
  readonly name: string;
  /** What it is for, as AWS shows it. */
  readonly description: string;
  /** What is encrypted with it: log groups of the account, or caches of ElastiCache. */
  readonly encrypts: 'logs' | 'caches';
  /** Whether the engine refuses to destroy the key: nobody could read any more what it has encrypted. @default true */
  readonly preventDestroy?: boolean;
}

/** What people of the account may do with the key, if IAM lets them too: administer it, but not use it. */
const ADMINISTRATION = [
  ...['DescribeKey', 'GetKeyPolicy', 'GetKeyRotationStatus', 'ListGrants', 'ListKeyPolicies'],
  ...['ListResourceTags', 'ListKeyRotations', 'PutKeyPolicy', 'EnableKey', 'DisableKey', 'EnableKeyRotation'],
  ...['TagResource', 'UntagResource', 'UpdateKeyDescription', 'CreateAlias', 'UpdateAlias', 'DeleteAlias'],
  ...['RevokeGrant', 'ScheduleKeyDeletion', 'CancelKeyDeletion'],
];

/**
 * A customer-managed KMS key of one purpose, with its alias. AWS rotates it every year. One service of AWS may use it,
 * for one account. The engine refuses a plan that would destroy it, unless `preventDestroy` is false.
 *
 * https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
 *
 * @example
 * const key = new EncryptionKey(this, 'logs-key', {
 *   place: { region: 'eu-central-1', account: '333333333333' },
 *   name: 'orders-logs',
 *   description: 'Logs of orders',
 *   encrypts: 'logs',
 * });
 * const logs = { retentionDays: 365, keyArn: key.arn };
 */
export class EncryptionKey extends Construct {
  readonly arn: string;

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    const { place, name, description, encrypts, preventDestroy = true } = props;
    refuseProps(this, [
      ...within('place', place, (given) => placeProblems('place', given)),
      ...unlike(
        'name',
        name,
        /^(?!(aws|alias)\/)[\w/-]{1,249}$/,
        'the name of an alias, without "alias/" and not AWS\' own',
      ),
      ...unlike('description', description, /^[^]{1,8192}$/, 'a text of at most 8192 characters'),
      ...known('encrypts', encrypts, "the key's policy is made for it"),
      ...noneOf('encrypts', encrypts, ['logs', 'caches']),
      ...guardProblems('preventDestroy', preventDestroy),
    ]);
    knownAs(this, 'key', name);
    refuseCollisions(this, place);
    const key = new KmsKey(this, 'key', {
      description: literal(description),
      enableKeyRotation: true,
      policy: permissionDocument([
        {
          principal: { AWS: `arn:${partitionOf(place.region)}:iam::${place.account}:root` },
          actions: ADMINISTRATION.map((action) => `kms:${action}`),
          resources: ['*'], // in a key's own policy this is the key
        },
        encrypts === 'logs' ? usedByLogs(place) : usedByCaches(place),
      ]),
      lifecycle: { preventDestroy },
    });
    new KmsAlias(this, 'alias', { name: `alias/${name}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
function usedByLogs({ region, account }: AwsPlace): ResourcePermission {
  return {
    principal: { Service: `logs.${region}.${suffixOf(region)}` },
    actions: [
      'kms:Encrypt',
      'kms:Decrypt',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
      'kms:GenerateDataKey',
      'kms:DescribeKey',
    ],
    resources: ['*'],
    condition: {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': `arn:${partitionOf(region)}:logs:${region}:${account}:log-group:*`,
      },
    },
  };
}

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html */
function usedByCaches({ region, account }: AwsPlace): ResourcePermission {
  return {
    principal: { AWS: `arn:${partitionOf(region)}:iam::${account}:root` },
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:CreateGrant', 'kms:DescribeKey'],
    resources: ['*'],
    condition: {
      StringEquals: {
        'kms:ViaService': `elasticache.${region}.${suffixOf(region)}`,
        'kms:CallerAccount': account,
      },
    },
  };
}
