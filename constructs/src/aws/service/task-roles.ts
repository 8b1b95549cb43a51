import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import type { Construct } from 'constructs';
import { IMAGE } from './container';
import type { AwsPlace } from '../account/encryption-key';
import { permissionDocument, type Permission } from '../account/permission';

interface RoleProps {
  readonly place: AwsPlace;
  readonly name: string;
}

/** What ECS may do to start a task: pull one repository's images, write one log. @returns its ARN */
export function taskExecutionRole(
  scope: Construct,
  { place, name, image, logArn }: RoleProps & { readonly image: string; readonly logArn: string },
): string {
  const { account = '', region = '', repository = '' } = IMAGE.exec(image)?.groups ?? {};
  const role = roleOfTasks(scope, 'execution-role', { place, name });
  allow(scope, 'execution', role, [
    {
      actions: ['ecr:GetAuthorizationToken'],
      resources: ['*'], // it is for the account's registry, and knows no narrower resource
    },
    {
      actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: [`arn:aws:ecr:${region}:${account}:repository/${repository}`],
    },
    {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${logArn}:*`], // its streams: what stands after its ARN
    },
  ]);
  return role.arn;
}

/** What the app itself may do. @returns its ARN */
export function taskRole(
  scope: Construct,
  { place, name, permissions }: RoleProps & { readonly permissions: readonly Permission[] },
): string {
  const role = roleOfTasks(scope, 'task-role', { place, name });
  if (permissions.length > 0) allow(scope, 'app', role, permissions);
  return role.arn;
}

/** A role that tasks of the account take on, and no other service of it. */
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
          ArnLike: { 'aws:SourceArn': `arn:aws:ecs:${region}:${account}:*` },
        },
      },
    ]),
  });
}

function allow(scope: Construct, id: string, role: IamRole, permissions: readonly Permission[]): void {
  new IamRolePolicy(scope, `${id}-permissions`, {
    name: id,
    role: role.name,
    policy: permissionDocument(permissions),
  });
}
