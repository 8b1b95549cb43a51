import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { permissionDocument, type ResourcePermission } from './permission';

/** An account in a region of AWS. */
export interface AwsPlace {
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
}

export interface EncryptionKeyProps {
  readonly place: AwsPlace;
  /** Of its alias. */
  readonly name: string;
  readonly description: string;
  /** What is encrypted with it: log groups of the account, or caches of ElastiCache. */
  readonly encrypts: 'logs' | 'caches';
}

/** What people of the account may do with the key, as far as IAM lets them. Using it is not among it. */
const ADMINISTRATION = [
  ...['DescribeKey', 'GetKeyPolicy', 'GetKeyRotationStatus', 'ListGrants', 'ListKeyPolicies'],
  ...['ListResourceTags', 'ListKeyRotations', 'PutKeyPolicy', 'EnableKey', 'DisableKey', 'EnableKeyRotation'],
  ...['TagResource', 'UntagResource', 'UpdateKeyDescription', 'CreateAlias', 'UpdateAlias', 'DeleteAlias'],
  ...['RevokeGrant', 'ScheduleKeyDeletion', 'CancelKeyDeletion'],
];

/** A key of one purpose, replaced each year, which one service of AWS may use for one account. */
export class EncryptionKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    const { place, name, description, encrypts } = props;
    const key = new KmsKey(this, 'key', {
      description,
      enableKeyRotation: true,
      policy: permissionDocument([
        {
          principal: { AWS: `arn:aws:iam::${place.account}:root` },
          actions: ADMINISTRATION.map((action) => `kms:${action}`),
          resources: ['*'], // of a key's own policy: the key
        },
        encrypts === 'logs' ? usedByLogs(place) : usedByCaches(place),
      ]),
    });
    new KmsAlias(this, 'alias', { name: `alias/${name}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
function usedByLogs({ region, account }: AwsPlace): ResourcePermission {
  return {
    principal: { Service: `logs.${region}.amazonaws.com` },
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
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${account}:log-group:*` },
    },
  };
}

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html */
function usedByCaches({ region, account }: AwsPlace): ResourcePermission {
  return {
    principal: { AWS: `arn:aws:iam::${account}:root` },
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:CreateGrant', 'kms:DescribeKey'],
    resources: ['*'],
    condition: {
      StringEquals: {
        'kms:ViaService': `elasticache.${region}.amazonaws.com`,
        'kms:CallerAccount': account,
      },
    },
  };
}
