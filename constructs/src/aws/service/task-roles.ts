import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import type { Precondition } from 'cdktf';
import type { Construct } from 'constructs';
import { partitionOf } from '../../core/aws';
import { checkedBy } from '../../core/props/later';
import { PULL, repositoryArn } from '../images/image';
import type { AwsPlace } from '../account/place';
import { permissionDocument, permissionsLater, type Permission } from '../account/permission';

interface RoleProps {
  readonly place: AwsPlace;
  readonly name: string;
}

/** The role by which ECS starts a task: it may pull one repository's images and write one log. @returns its ARN */
export function taskExecutionRole(
  scope: Construct,
  props: RoleProps & { readonly registry: AwsPlace; readonly image: string; readonly logArn: string },
): string {
  const { place, registry, name, image, logArn } = props;
  const role = roleOfTasks(scope, 'execution-role', { place, name });
  allow(scope, 'execution', role, [
    {
      actions: ['ecr:GetAuthorizationToken'],
      resources: ['*'], // the action takes no narrower resource than the account's registry
    },
    {
      actions: PULL,
      resources: [repositoryArn(image, registry)],
    },
    {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${logArn}:*`], // `:*` stands for the streams of the group
    },
  ]);
  return role.arn;
}

/** The role that the app itself has. @returns its ARN */
export function taskRole(
  scope: Construct,
  { place, name, permissions }: RoleProps & { readonly permissions: readonly Permission[] },
): string {
  const role = roleOfTasks(scope, 'task-role', { place, name });
  if (permissions.length > 0)
    allow(scope, 'app', role, permissions, permissionsLater('permissions', permissions));
  return role.arn;
}

/** A role that ECS tasks of the account may assume, and nobody else. */
function roleOfTasks(scope: Construct, id: string, { place: { region, account }, name }: RoleProps): IamRole {
  return new IamRole(scope, id, {
    name,
    assumeRolePolicy: permissionDocument([
      {
        principal: { Service: 'ecs-tasks.amazonaws.com' },
        actions: ['sts:AssumeRole'],
        resources: [],
        condition: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': `arn:${partitionOf(region)}:ecs:${region}:${account}:*` },
        },
      },
    ]),
  });
}

function allow(
  scope: Construct,
  id: string,
  role: IamRole,
  permissions: readonly Permission[],
  checks: readonly Precondition[] = [],
): void {
  new IamRolePolicy(scope, `${id}-permissions`, {
    name: id,
    role: role.name,
    policy: permissionDocument(permissions),
    ...checkedBy(checks),
  });
}
