/**
 * IAM, and who else may use a resource by its own policy. Texts of policies are compared permission by permission:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
import type { Change } from '../../change';
import type { Remark } from '../../grade';
import { isRecord, show, Veiled, type Value } from '../../values';
import { IDENTITY } from './common';
import { allowance, harmless, lifetime, reviewed } from '../attribute-judges';
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

/** An issuer outside of the account whose tokens can take roles in it. */
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

/** One action on one resource, allowed or denied, and to whom. */
interface Permission {
  readonly effect: string;
  readonly action: string;
  readonly resource: string;
  readonly principal: string;
  readonly condition: string;
}

/** What a change of a policy's text lets somebody do, or no longer. `undefined` is a text that was not there. */
export function compareDocuments(before: Value | undefined, after: Value | undefined): Remark[] {
  const [was, will] = [permissionsOf(before), permissionsOf(after)];
  if (was === undefined || will === undefined) {
    return [{ grade: 'unknown', sentence: 'what it allows cannot be read from the plan' }];
  }
  return [
    ...minus(will, was).map((permission) => describe('gains', permission)),
    ...minus(was, will).map((permission) => describe('loses', permission)),
  ];
}

/** To lose a denial is to gain what it denied. */
function describe(verb: 'gains' | 'loses', permission: Permission): Remark {
  const { effect, action, resource, principal, condition } = permission;
  const wider = (verb === 'gains') === (effect === 'Allow');
  const what = [
    effect === 'Allow' ? action : `the denial of ${action}`,
    resource && ` on ${resource}`,
    principal && ` for ${principal}`,
    condition && ` where ${condition}`,
  ];
  return {
    grade: wider && (effect === 'Deny' || isPowerful(permission)) ? 'danger' : 'notice',
    sentence: `${verb} ${what.filter(Boolean).join('')}`,
  };
}

/** Whether it is about more than it names, or about who may do what. */
function isPowerful({ action, resource, principal }: Permission): boolean {
  return (
    action.includes('*') ||
    // A part of a resource's name is a choice; all resources, or all of a service, is none.
    /^\*$|:\*$/.test(resource) ||
    principal !== '' ||
    /^(iam|sts|organizations|kms:(PutKeyPolicy|CreateGrant|ScheduleKeyDeletion)|lambda:AddPermission)/.test(
      action,
    )
  );
}

function permissionsOf(text: Value | undefined): Permission[] | undefined {
  if (text === undefined || text === null || text === '') return [];
  if (typeof text !== 'string') return undefined;
  try {
    const { Statement: statements } = JSON.parse(text) as { Statement?: unknown };
    return [statements].flat().filter(isRecord).flatMap(permissions);
  } catch {
    return undefined;
  }
}

function permissions(statement: Record<string, unknown>): Permission[] {
  const condition = isRecord(statement.Condition) ? JSON.stringify(statement.Condition) : '';
  const principals = [
    ...list(statement.Principal),
    ...list(statement.NotPrincipal).map((name) => `everyone but ${name}`),
  ];
  const actions = [...list(statement.Action), ...list(statement.NotAction).map((name) => `* but ${name}`)];
  const resources = [
    ...list(statement.Resource),
    ...list(statement.NotResource).map((name) => `* but ${name}`),
  ];
  return actions.flatMap((action) =>
    (resources.length > 0 ? resources : ['']).flatMap((resource) =>
      (principals.length > 0 ? principals : ['']).map((principal) => ({
        effect: String(statement.Effect),
        action,
        resource,
        principal,
        condition,
      })),
    ),
  );
}

/** A text, several, or several by kind, as principals are. */
function list(value: unknown): string[] {
  if (value === undefined || value instanceof Veiled) return [];
  if (isRecord(value)) return Object.values(value).flatMap(list);
  return [value].flat().map(String);
}

function minus(some: readonly Permission[], others: readonly Permission[]): Permission[] {
  const known = new Set(others.map((permission) => JSON.stringify(permission)));
  return some.filter((permission) => !known.has(JSON.stringify(permission)));
}
