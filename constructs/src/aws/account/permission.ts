/** IAM policies as text: the part of the language that exact, least-privilege policies need. */
import type { Problem } from '@portcullis/runtime/policy';
import { each, unlike, within } from '../../core/checks';
import { isLater, known } from '../../core/later';

/** What may be done, and to what. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
export interface Permission {
  /** Actions by their whole names, as in `elasticache:Connect`. */
  readonly actions: readonly string[];
  /** ARNs, each of one thing, without a wildcard; `*` alone for actions that are about no resource. */
  readonly resources: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Actions for which AWS knows no resource, and which name who they are for in a condition. */
const WITHOUT_RESOURCE: readonly unknown[] = ['sts:GetWebIdentityToken'];

/** A statement of a policy that belongs to a key or to a role: it says who may do it. */
export interface ResourcePermission extends Permission {
  readonly principal: { readonly AWS: string } | { readonly Service: string };
}

/** The permissions as an IAM policy document (JSON). */
export function permissionDocument(permissions: readonly (Permission | ResourcePermission)[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: permissions.map((permission) => ({
      Effect: 'Allow',
      ...('principal' in permission && { Principal: permission.principal }),
      Action: permission.actions,
      ...(permission.resources.length > 0 && { Resource: permission.resources }),
      ...(permission.condition && { Condition: permission.condition }),
    })),
  });
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
      ...(condition !== undefined && isAboutNoResource(actions) && [resources].flat().join() === '*'
        ? []
        : each(`${place}.resources`, resources, resourceProblems)),
    ]),
  );
}

/** Without a compiler, it may be anything. */
function isAboutNoResource(actions: unknown): boolean {
  if (!Array.isArray(actions) || actions.length === 0) return false;
  return actions.every((action: unknown) => WITHOUT_RESOURCE.includes(action));
}

/** Of an ARN that is known only at the apply, the part that is written here is looked at. */
function resourceProblems(resource: string, path: string): Problem[] {
  const expected = 'the ARN of one thing, without a wildcard';
  const arn = /^arn:aws[\w-]*:[a-z0-9-]+:[\w-]*:(\d{12}|aws)?:[^*?]+$/;
  return isLater(resource)
    ? /[*?]/.test(resource)
      ? [{ path, message: `received one with a wildcard; expected ${expected}` }]
      : []
    : unlike(path, resource, arn, expected);
}
