/** Policies of AWS, compared permission by permission: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
import type { Remark } from '../../grade';
import { isRecord, Veiled, type Value } from '../../values';

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
    ...minus(will, was).map((permission) => told('gains', permission)),
    ...minus(was, will).map((permission) => told('loses', permission)),
  ];
}

/** Losing what is denied is gaining it. */
function told(verb: 'gains' | 'loses', permission: Permission): Remark {
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

/** Over more than it names, or over who may do what. */
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
