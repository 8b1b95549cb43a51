/** IAM, and who else may use a resource by its own policy. */
import type { Change } from '../../change';
import type { Remark } from '../../grade';
import { show } from '../../values';
import { compareDocuments } from './document';
import { IDENTITY } from './common';
import { allowance, harmless, lifetime, reviewed } from '../judge';
import { named, type Rule } from '../rule';

/** A comparison of the policy in an attribute. */
const documentIn =
  (attribute: string, whom = '') =>
  ({ before, after, action }: Change): Remark[] =>
    action === 'delete' || action === 'forget'
      ? []
      : compareDocuments(before[attribute], after[attribute]).map(({ grade, sentence }) => ({
          grade,
          sentence: `${whom}${sentence}`,
        }));

export const iamPolicy: Rule = {
  types: [
    'aws_iam_role_policy',
    'aws_iam_policy',
    'aws_s3_bucket_policy',
    'aws_ecr_repository_policy',
    'aws_kms_key_policy',
  ],
  noun: named('AWS policy', 'name', 'bucket', 'repository', 'key_id'),
  destroyed: {
    grade: 'danger',
    loses: 'who has it can no longer do what it allows, and what it denies is no longer denied',
  },
  attributes: {
    ...IDENTITY,
    name: harmless,
    name_prefix: harmless,
    path: harmless,
    policy: harmless,
    policy_id: harmless,
    attachment_count: harmless,
    role: reviewed('role'),
    bucket: reviewed('bucket'),
  },
  remarks: documentIn('policy'),
};

export const iamRole: Rule = {
  types: ['aws_iam_role'],
  noun: named('AWS role', 'name', 'name_prefix'),
  destroyed: { grade: 'danger', loses: 'whoever takes it no longer can' },
  attributes: {
    ...IDENTITY,
    name: harmless,
    name_prefix: harmless,
    path: harmless,
    unique_id: harmless,
    create_date: harmless,
    force_detach_policies: harmless,
    inline_policy: harmless,
    assume_role_policy: harmless,
    managed_policy_arns: allowance('policies of its own'),
    max_session_duration: lifetime('session'),
    permissions_boundary: (before, after) =>
      before !== undefined && before !== null && after === null
        ? { grade: 'danger', sentence: 'is bounded no longer' }
        : reviewed('boundary')(before, after),
  },
  remarks: documentIn('assume_role_policy', 'who may take it: '),
};

/** Policies of AWS' own that allow to change anything, or to let others. */
const ALL_POWER = /:policy\/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;

export const iamAttachment: Rule = {
  types: ['aws_iam_role_policy_attachment'],
  noun: named('policy of AWS role', 'role'),
  destroyed: { grade: 'notice', loses: 'the role may do less' },
  attributes: {
    role: harmless,
    policy_arn: (_, after) =>
      ALL_POWER.test(show(after))
        ? { grade: 'danger', sentence: `may do anything: ${show(after)}` }
        : { grade: 'notice', sentence: `is ${show(after)}` },
  },
};

/** Who trusts whom outside of the account. */
export const identityProvider: Rule = {
  types: ['aws_iam_openid_connect_provider'],
  noun: named('trusted issuer', 'url'),
  created: () => ({ grade: 'notice', sentence: 'is trusted by the account: its roles say for whom' }),
  destroyed: { grade: 'danger', loses: 'jobs no longer get a role' },
  attributes: {
    ...IDENTITY,
    url: reviewed('address'),
    client_id_list: allowance('audiences that it takes'),
    thumbprint_list: harmless,
  },
};

export const lambdaPermission: Rule = {
  types: ['aws_lambda_permission'],
  noun: named('permission to call', 'function_name'),
  destroyed: { grade: 'notice', loses: 'nobody calls it any more' },
  attributes: {
    action: reviewed('action'),
    function_name: harmless,
    statement_id: harmless,
    principal: (before, after) =>
      after === '*' ? { grade: 'danger', sentence: 'anyone may call it' } : reviewed('caller')(before, after),
    source_arn: (before, after) =>
      after === null
        ? { grade: 'danger', sentence: 'whoever uses that service may call it, of any account' }
        : reviewed('source')(before, after),
  },
};
