/** How AWS writes ARNs and IDs of what these constructs are given. */

export const CERTIFICATE_ARN = /^arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/;
/** Of a key, not of an alias. */
export const KMS_KEY_ARN = /^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+$/;
export const SECURITY_GROUP_ID = /^sg-[0-9a-f]+$/;
export const SUBNET_ID = /^subnet-[0-9a-f]+$/;
export const VPC_ID = /^vpc-[0-9a-f]+$/;
