/** IAM policies as text: the part of the language that exact, least-privilege policies need. */
import type { Problem } from '@portcullis/runtime/policy';
import { Fn, type Precondition } from 'cdktf';
import { each, unless, unlike, within } from '../../core/props/checks';
import { isLater, known, later } from '../../core/props/later';
import { literal } from '../../core/props/literal';

/** What may be done, and to what. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
export interface Permission {
  /** Actions by their whole names, as in `elasticache:Connect`. */
  readonly actions: readonly string[];
  /** ARNs, each of one thing, without a wildcard; `*` alone for actions that are about no resource. */
  readonly resources: readonly string[];
  /** Conditions of IAM, by operator and key. @default none */
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const ARN_EXPECTED = 'the ARN of one thing, without a wildcard';
// Of an expression in quotes, patterns without a backslash.
const ARN_LATER = '^arn:aws[a-z-]*:[a-z0-9-]+:[A-Za-z0-9-]*:([0-9]{12}|aws)?:[A-Za-z0-9_+=,.@:/#~ -]+$';
const TEXT_EXPECTED = 'a text without quotes, backslashes, brackets and dollar signs';
const TEXT_LATER = '^[ !#%-Z^-~]+$';

/** Actions for which AWS knows no resource, and which name who they are for in a condition. */
const WITHOUT_RESOURCE: readonly unknown[] = ['sts:GetWebIdentityToken'];

/** A statement of a policy that belongs to a key or to a role: it says who may do it. */
export interface ResourcePermission extends Permission {
  /** Who may: an account or a role, or a service of AWS. */
  readonly principal: { readonly AWS: string } | { readonly Service: string };
}

/** The permissions as an IAM policy document (JSON). */
export function permissionDocument(permissions: readonly (Permission | ResourcePermission)[]): string {
  const document = {
    Version: '2012-10-17',
    Statement: permissions.map((permission) => ({
      Effect: 'Allow',
      ...('principal' in permission && { Principal: permission.principal }),
      Action: permission.actions,
      ...(permission.resources.length > 0 && { Resource: permission.resources }),
      ...(permission.condition && { Condition: permission.condition }),
    })),
  };
  // IAM has variables of its own, `${aws:…}`: to the engine they are text.
  return JSON.stringify(document, (_, value: unknown) =>
    typeof value === 'string' ? literal(value) : value,
  );
}

/** Problems of permissions that name more than they need: wildcards are refused. */
export function permissionProblems(path: string, permissions: readonly Permission[]): readonly Problem[] {
  const asText = 'policies are written as text';
  if (isLater(permissions)) return known(path, permissions, asText);
  return each(path, permissions, (permission, place) =>
    within(place, permission, ({ actions, resources, condition }) => [
      ...known(`${place}.actions`, actions, 'nothing else would see a wildcard in it'),
      ...each(`${place}.actions`, actions, (action, at) =>
        unlike(at, action, /^[a-z0-9-]+:[A-Za-z0-9]+$/, 'one action, without a wildcard'),
      ),
      ...(isLater(resources) ? known(`${place}.resources`, resources, asText) : []),
      ...(condition === undefined ? [] : conditionProblems(`${place}.condition`, condition)),
      ...(namesAudience(condition) && isAboutNoResource(actions) && [resources].flat().join() === '*'
        ? []
        : each(`${place}.resources`, resources, resourceProblems)),
    ]),
  );
}

/** A condition that asks for nothing is none. */
function conditionProblems(
  path: string,
  condition: NonNullable<Permission['condition']>,
): readonly Problem[] {
  return within(path, condition, (operators) => [
    ...unless(Object.keys(operators).length > 0, path, operators, 'at least one operator'),
    ...Object.entries(operators).flatMap(([operator, keys]) => [
      ...unlike(path, operator, /^[A-Za-z:]+$/, 'an operator such as StringEquals'),
      ...within(`${path}.${operator}`, keys, (asked) => [
        ...unless(Object.keys(asked).length > 0, `${path}.${operator}`, asked, 'at least one key'),
        ...Object.entries(asked).flatMap(([key, value]) => [
          ...unlike(`${path}.${operator}`, key, /^[\w.:/+=@ -]+$/, 'a key such as aws:SourceAccount'),
          ...unlike(`${path}.${operator}.${key}`, value, /./, 'a text'),
        ]),
      ]),
    ]),
  ]);
}

/** Operators by which a value equals a text. Any other could let each audience pass. */
const EQUALS = /^(ForA(ll|ny)Values:)?StringEquals$/;

/** Without an audience, a token is for whomever its holder likes. */
function namesAudience(condition: unknown): boolean {
  return Object.entries(condition ?? {}).some(
    ([operator, keys]: [string, unknown]) =>
      EQUALS.test(operator) && Object.keys(keys ?? {}).includes('sts:IdentityTokenAudience'),
  );
}

/** Without a compiler, it may be anything. */
function isAboutNoResource(actions: unknown): boolean {
  if (!Array.isArray(actions) || actions.length === 0) return false;
  return actions.every((action: unknown) => WITHOUT_RESOURCE.includes(action));
}

/** The checks of what is known only at the apply: of resources as above, and that nothing ends the text that it is in. */
export function permissionsLater(path: string, permissions: readonly Permission[]): Precondition[] {
  return permissions.flatMap(({ resources, condition = {} }, index) => [
    ...resources.flatMap((arn, place) =>
      matches(`${path}[${index}].resources[${place}]`, arn, ARN_LATER, ARN_EXPECTED),
    ),
    ...Object.entries(condition).flatMap(([operator, keys]) =>
      Object.entries(keys).flatMap(([key, value]) =>
        matches(`${path}[${index}].condition.${operator}.${key}`, value, TEXT_LATER, TEXT_EXPECTED),
      ),
    ),
  ]);
}

function matches(path: string, value: string, pattern: string, expected: string): Precondition[] {
  return isLater(value) ? [later(Fn.can(Fn.regex(pattern, value)), path, expected)] : [];
}

/** Of an ARN that is known only at the apply, the part that is written here is looked at. */
function resourceProblems(resource: string, path: string): Problem[] {
  const arn = /^arn:aws[\w-]*:[a-z0-9-]+:[\w-]*:(\d{12}|aws)?:[^*?]+$/;
  return isLater(resource)
    ? /[*?]/.test(resource)
      ? [{ path, message: `received one with a wildcard; expected ${ARN_EXPECTED}` }]
      : []
    : unlike(path, resource, arn, ARN_EXPECTED);
}
