import { ApiGatewayAccount } from '@cdktf/provider-aws/lib/api-gateway-account';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';
import { knownAs, refuseProps } from '../../../core';
import { refuseCollisions } from '../../account/collisions';
import { partitionOf } from '../../../core/aws';
import { unlike, within } from '../../../core/props/checks';
import { nameWithin } from '../../../core/naming/names';
import { placeProblems, type AwsPlace } from '../../account/place';
import { ROLE_NAME } from '../../arns';
import { permissionDocument } from '../../account/permission';

/** Properties of {@link GatewayAccount}. */
export interface GatewayAccountProps {
  /** Account and region whose setting it is. */
  readonly place: AwsPlace;
  /** Name of the IAM role that writes the logs, unique in the account. @default `gateway-log-<region>` */
  readonly name?: string;
}

/** The setting of a region, as gateways need it. */
export interface GatewayLogging {
  /** Account and region whose setting it is. */
  readonly place: AwsPlace;
  /** Stages that log depend on it. Undefined where somebody else makes it. */
  readonly setting: ApiGatewayAccount | undefined;
}

/**
 * The setting of an account that lets REST APIs of one region write logs, and the role that they write with. An account has
 * one for each region, whichever environments are in it: make it once, and name it by {@link GatewayAccount.at}
 * elsewhere. Without it AWS refuses a stage that logs.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 *
 * @example
 * const account = new GatewayAccount(this, 'gateway-account', { place });
 */
export class GatewayAccount extends Construct implements GatewayLogging {
  readonly place: AwsPlace;
  readonly setting: ApiGatewayAccount;

  /**
   * The setting that another stack, or somebody by hand, has made in that region. Nothing is created, changed or destroyed.
   *
   * @example
   * const account = GatewayAccount.at(place);
   */
  static at(place: AwsPlace): GatewayLogging {
    return { place, setting: undefined };
  }

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: GatewayAccountProps) {
    super(scope, id);
    const { place } = props;
    refuseProps(this, [
      ...within('place', place, (given) => placeProblems('place', given)),
      ...(props.name === undefined ? [] : unlike('name', props.name, ROLE_NAME, 'the name of a role')),
    ]);
    this.place = place;
    knownAs(this, 'gateway-account', place.region);
    refuseCollisions(this, place);
    const name = props.name ?? nameWithin(64, 'gateway-log', place.region);
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
          resources: [`arn:${partitionOf(place.region)}:logs:*:*:*`],
        },
      ]),
    });
    this.setting = new ApiGatewayAccount(this, 'setting', {
      cloudwatchRoleArn: role.arn,
      dependsOn: [mayLog],
    });
  }
}
