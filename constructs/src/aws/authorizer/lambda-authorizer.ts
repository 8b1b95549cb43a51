import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import type { AuthorizerOptions } from '@portcullis/runtime/authorizer';
import { Construct } from 'constructs';
import { WrittenFile } from '../../core';
import { logGroup, type LogOptions } from '../account/log-group';
import { bundleAuthorizer } from './bundle';
import { permissionDocument } from '../account/permission';
import { zipOf } from './zip';

/** Properties of {@link LambdaAuthorizer}. */
export interface LambdaAuthorizerProps {
  /** Name of the function. */
  readonly name: string;
  /** Name of its IAM role. */
  readonly role: string;
  /** Options of the app's `requireAuth()`. */
  readonly options: AuthorizerOptions;
  /** How its logs are kept. */
  readonly logs: LogOptions;
}

/** For how long a gateway may reuse an answer, in seconds. */
export const CACHE_SECONDS = 60;

/** Longer than verifying a token takes when the issuer's keys have to be fetched first. */
const TIMEOUT_SECONDS = 10;

/**
 * The Lambda function that tells a gateway who may call what. It verifies tokens as the app does. Its role may write its
 * log and its traces, and nothing else in the account.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
export class LambdaAuthorizer extends Construct {
  readonly invokeArn: string;
  private readonly fn: LambdaFunction;

  constructor(scope: Construct, id: string, props: LambdaAuthorizerProps) {
    super(scope, id);
    const { name, options, logs } = props;
    const log = logGroup(this, 'log', `/aws/lambda/${name}`, logs);
    const role = new IamRole(this, 'role', {
      name: props.role,
      assumeRolePolicy: permissionDocument([
        { actions: ['sts:AssumeRole'], resources: [], principal: { Service: 'lambda.amazonaws.com' } },
      ]),
    });
    const mayTrace = new IamRolePolicy(this, 'may-trace', {
      name: 'trace',
      role: role.name,
      // A trace has no ARN.
      policy: permissionDocument([
        { actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], resources: ['*'] },
      ]),
    });
    const mayLog = new IamRolePolicy(this, 'may-log', {
      name: 'log',
      role: role.name,
      // `:*` stands for the streams of the group.
      policy: permissionDocument([
        { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${log.arn}:*`] },
      ]),
    });
    const code = new WrittenFile(this, 'code', {
      extension: 'zip',
      content: zipOf('index.js', bundleAuthorizer(options)),
    });
    this.fn = new LambdaFunction(this, 'function', {
      functionName: name,
      role: role.arn,
      runtime: 'nodejs22.x',
      architectures: ['arm64'],
      handler: 'index.handler',
      filename: code.path,
      sourceCodeHash: code.sha256,
      timeout: TIMEOUT_SECONDS,
      memorySize: 256,
      loggingConfig: { logFormat: 'JSON', logGroup: log.name },
      tracingConfig: { mode: 'Active' },
      dependsOn: [mayLog, mayTrace],
    });
    this.invokeArn = this.fn.invokeArn;
  }

  /** Lets one authorizer of one API invoke the function. */
  grantInvoke(authorizerArn: string): void {
    new LambdaPermission(this, 'invoke', {
      action: 'lambda:InvokeFunction',
      functionName: this.fn.functionName,
      principal: 'apigateway.amazonaws.com',
      sourceArn: authorizerArn,
    });
  }
}
