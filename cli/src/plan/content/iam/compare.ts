/** What a change of an IAM policy's text lets somebody do, or no longer. */
import type { Remark } from '../../grade';
import type { Value } from '../../values';
import { isPowerful } from './power';
import { permissionsOf, type Condition, type Permission } from './statements';

/** Compares two texts. `undefined` and null are a text that was not there. */
export function compareDocuments(before: Value | undefined, after: Value | undefined): Remark[] {
  const [was, will] = [permissionsOf(before), permissionsOf(after)];
  if (was === undefined || will === undefined) {
    return [{ grade: 'unknown', sentence: 'what it allows cannot be read from the plan' }];
  }
  const [gained, lost] = [minus(will, was), minus(was, will)];
  return [
    ...gained.map((permission) => gain(permission, lost)),
    ...lost.map((permission) => loss(permission, gained)),
  ];
}

function gain(permission: Permission, lost: readonly Permission[]): Remark {
  const { effect, condition } = permission;
  if (effect === 'Deny') return { grade: 'notice', sentence: `gains ${describe(permission)}` };
  const old = lost.filter((other) => samePlace(other, permission));
  const dropped = old.length > 0 && old.every((other) => !isNarrower(condition, other.condition));
  const narrowed = old.length > 0 && !dropped;
  return {
    grade: !narrowed && (dropped || isPowerful(permission)) ? 'danger' : 'notice',
    sentence: `gains ${describe(permission)}`,
  };
}

/** To lose a denial, or to have it under more conditions, is to gain what it denied. */
function loss(permission: Permission, gained: readonly Permission[]): Remark {
  const { effect, condition } = permission;
  const kept =
    effect === 'Deny' &&
    gained.some((other) => samePlace(other, permission) && isNarrower(condition, other.condition));
  return {
    grade: effect === 'Deny' && !kept ? 'danger' : 'notice',
    sentence: `loses ${describe(permission)}`,
  };
}

function describe({ effect, shownAction, resource, principal, condition }: Permission): string {
  return [
    effect === 'Allow' ? shownAction : `the denial of ${shownAction}`,
    resource && ` on ${resource}`,
    principal && ` for ${principal.replace(/^(AWS|Service|Federated|CanonicalUser) /, '')}`,
    condition.size > 0 && ` where ${describeCondition(condition)}`,
  ]
    .filter(Boolean)
    .join('');
}

/** Keys whose values say where a call comes from. What is compared with another key may be a secret, as a referer is. */
const SHOWN =
  /\s(aws:(Source(Arn|Account|OrgID|OrgPaths|Ip|Vpc|Vpce)|Principal(OrgID|OrgPaths|Arn|Account|Type)|SecureTransport|RequestedRegion|ResourceAccount|MultiFactorAuth\w+|CalledVia\w*|ViaAWSService)|kms:(ViaService|CallerAccount|GrantIsForAWSResource)|s3:(x-amz-acl|prefix)|iam:(PassedToService|PermissionsBoundary)|\S+:(sub|aud))$/i;

/** @param key with its operator, as in `StringEquals aws:SourceAccount`. */
export function mayShowCondition(key: string): boolean {
  return SHOWN.test(key);
}

function describeCondition(condition: Condition): string {
  return [...condition]
    .map(([key, values]) => (mayShowCondition(key) ? `${key} ${values.join(', ')}` : key))
    .join(' and ');
}

function samePlace(one: Permission, other: Permission): boolean {
  return (
    one.effect === other.effect &&
    one.action === other.action &&
    one.resource === other.resource &&
    one.principal === other.principal
  );
}

/** Whether `one` asks for everything that `other` asks for, and is met by no value that did not meet `other`. */
function isNarrower(one: Condition, other: Condition): boolean {
  return [...other].every(([key, values]) => {
    const asked = one.get(key);
    // Of a negated operator, each value less lets more in.
    if (asked === undefined) return false;
    return (key.split(' ')[0] ?? '').includes('Not')
      ? values.every((value) => asked.includes(value))
      : asked.every((value) => values.includes(value));
  });
}

function minus(some: readonly Permission[], others: readonly Permission[]): Permission[] {
  const known = new Set(others.map(keyOf));
  return some.filter((permission) => !known.has(keyOf(permission)));
}

function keyOf({ effect, action, resource, principal, condition }: Permission): string {
  return JSON.stringify([
    effect,
    action,
    resource,
    principal,
    [...condition].sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}
