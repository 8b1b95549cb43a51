import { ApiGatewayAccount } from '@cdktf/provider-aws/lib/api-gateway-account';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';
import { permissionDocument } from '../../account/permission';

export interface GatewayAccountProps {
  /** Of the role that writes. */
  readonly name: string;
}

/**
 * Lets REST APIs write logs: a setting of the account in its region, so make it once. Without it no stage that logs
 * can be made.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export class GatewayAccount extends Construct {
  /** What a stage has to wait for. */
  readonly setting: ApiGatewayAccount;

  constructor(scope: Construct, id: string, { name }: GatewayAccountProps) {
    super(scope, id);
    const role = new IamRole(this, 'role', {
      name,
      assumeRolePolicy: permissionDocument([
        { actions: ['sts:AssumeRole'], resources: [], principal: { Service: 'apigateway.amazonaws.com' } },
      ]),
    });
    const mayLog = new IamRolePolicy(this, 'may-log', {
      name: 'log',
      role: role.name,
      // What API Gateway asks for when it is told of the role; groups of APIs to come are among them.
      policy: permissionDocument([
        {
          actions: [
            'logs:CreateLogGroup',
            'logs:CreateLogStream',
            'logs:DescribeLogGroups',
            'logs:DescribeLogStreams',
            'logs:FilterLogEvents',
            'logs:GetLogEvents',
            'logs:PutLogEvents',
          ],
          resources: ['arn:aws:logs:*:*:*'],
        },
      ]),
    });
    this.setting = new ApiGatewayAccount(this, 'setting', {
      cloudwatchRoleArn: role.arn,
      dependsOn: [mayLog],
    });
  }
}
