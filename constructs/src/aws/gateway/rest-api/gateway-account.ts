import { ApiGatewayAccount } from '@cdktf/provider-aws/lib/api-gateway-account';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';
import { refuseProps } from '../../../core';
import { PARTITIONS, type Partition } from '../../../core/aws';
import { noneOf, unlike } from '../../../core/checks';
import { ROLE_NAME } from '../../arns';
import { permissionDocument } from '../../account/permission';

export interface GatewayAccountProps {
  /** Name of the IAM role that writes the logs. */
  readonly name: string;
  /** Partition that the account is in. @default 'aws' */
  readonly partition?: Partition;
}

/**
 * The setting of an account that lets REST APIs of one region write logs, and the role that they write with. Make it
 * once for each region. Without it AWS refuses a stage that logs.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 *
 * @example
 * const account = new GatewayAccount(this, 'gateway-account', { name: 'gateway-log' });
 */
export class GatewayAccount extends Construct {
  /** Stages that log depend on it. */
  readonly setting: ApiGatewayAccount;

  /** @throws ConstructError `ERR_PROPS` */
  constructor(scope: Construct, id: string, { name, partition = 'aws' }: GatewayAccountProps) {
    super(scope, id);
    refuseProps(this, [
      ...unlike('name', name, ROLE_NAME, 'the name of a role'),
      ...noneOf('partition', partition, PARTITIONS),
    ]);
    const role = new IamRole(this, 'role', {
      name,
      assumeRolePolicy: permissionDocument([
        { actions: ['sts:AssumeRole'], resources: [], principal: { Service: 'apigateway.amazonaws.com' } },
      ]),
    });
    const mayLog = new IamRolePolicy(this, 'may-log', {
      name: 'log',
      role: role.name,
      // API Gateway checks for exactly these actions. They cover the log groups of future APIs too.
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
          resources: [`arn:${partition}:logs:*:*:*`],
        },
      ]),
    });
    this.setting = new ApiGatewayAccount(this, 'setting', {
      cloudwatchRoleArn: role.arn,
      dependsOn: [mayLog],
    });
  }
}
