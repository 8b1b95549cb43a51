/** IAM, and who else may use a resource by its own policy. */
import type { Change } from '../../change';
import type { Remark } from '../../grade';
import { isAdministrative } from '../../content/administrators';
import { compareDocuments } from '../../content/iam/compare';
import { hasUnknown, isNothing, show, type Value } from '../../values';
import { blocksOf } from '../../blocks';
import { IDENTITY } from './common';
import { allowance, harmless, lifetime, reviewed, trusted } from '../attribute-judges';
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
    'aws_iam_user_policy',
    'aws_iam_group_policy',
    'aws_iam_policy',
    'aws_secretsmanager_secret_policy',
    'aws_sqs_queue_policy',
    'aws_sns_topic_policy',
    'aws_s3_bucket_policy',
    'aws_ecr_repository_policy',
    'aws_kms_key_policy',
  ],
  noun: named('AWS policy', 'name', 'bucket', 'repository', 'key_id', 'secret_arn', 'queue_url', 'arn'),
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
    user: reviewed('user'),
    group: reviewed('group'),
    bucket: reviewed('bucket'),
    repository: reviewed('repository'),
    key_id: reviewed('key'),
    secret_arn: reviewed('secret'),
    queue_url: reviewed('queue'),
    owner: harmless,
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
      !isNothing(before) && isNothing(after)
        ? { grade: 'danger', sentence: 'is bounded no longer' }
        : !isNothing(before)
          ? { grade: 'unknown', sentence: `is bounded by another policy: ${show(before)} → ${show(after)}` }
          : reviewed('boundary')(before, after),
  },
  remarks: (change) => [
    ...documentIn('assume_role_policy', 'who may take it: ')(change),
    ...inlinePolicies(change),
  ],
};

/** Policies that a role carries itself, each by its name. */
function inlinePolicies({ before, after, action }: Change): Remark[] {
  if (action === 'delete' || action === 'forget') return [];
  if (hasUnknown(after.inline_policy)) {
    return [{ grade: 'unknown', sentence: 'its inline policies are known only after the apply' }];
  }
  const texts = (value: Value | undefined): Map<string, Value | undefined> =>
    new Map(blocksOf(value).map(({ name, policy }) => [show(name), policy]));
  const [was, will] = [texts(before.inline_policy), texts(after.inline_policy)];
  return [...new Set([...was.keys(), ...will.keys()])].flatMap((name) =>
    compareDocuments(was.get(name), will.get(name)).map(({ grade, sentence }) => ({
      grade,
      sentence: `inline policy ${name}: ${sentence}`,
    })),
  );
}

export const iamAttachment: Rule = {
  types: [
    'aws_iam_role_policy_attachment',
    'aws_iam_user_policy_attachment',
    'aws_iam_group_policy_attachment',
  ],
  noun: ({ type, before, after }) => {
    const whose = /^aws_iam_(\w+)_policy_attachment$/.exec(type)?.[1] ?? 'role';
    return `policy of AWS ${whose} ${show(after[whose] ?? before[whose])}`;
  },
  destroyed: { grade: 'notice', loses: 'whoever had it may do less' },
  attributes: {
    role: harmless,
    user: harmless,
    group: harmless,
    policy_arn: (_, after) =>
      isAdministrative(show(after))
        ? { grade: 'danger', sentence: `may do anything: ${show(after)}` }
        : { grade: 'notice', sentence: `is ${show(after)}` },
  },
};

/** An issuer outside of the account whose tokens can take roles in it. */
export const identityProvider: Rule = {
  types: ['aws_iam_openid_connect_provider'],
  noun: named('trusted issuer', 'url'),
  created: () => ({ grade: 'notice', sentence: 'is trusted by the account: its roles say for whom' }),
  destroyed: { grade: 'danger', loses: 'jobs no longer get a role' },
  attributes: {
    ...IDENTITY,
    url: (before, after) => (before === undefined ? undefined : trusted('issuer')(before, after)),
    client_id_list: allowance('audiences that it takes'),
    thumbprint_list: reviewed('certificates by which it is known'),
  },
};
