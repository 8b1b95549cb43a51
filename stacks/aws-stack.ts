import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { LogOptions } from '@portcullis/constructs/aws';
import { encryptState, relaxProviderPin, useBackend } from '@portcullis/constructs';
import type { Policy } from '@portcullis/runtime/policy';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import type { AwsEnvironment } from './environments/define-environment';

export interface AwsStackProps {
  /** The API's policy. Names follow from it. */
  readonly policy: Policy;
  readonly environment: AwsEnvironment;
}

/**
 * One part of an environment, in the environment's own account: the provider refuses to apply it to another one. The
 * deployer's credentials come from the process' environment.
 */
export abstract class AwsStack extends TerraformStack {
  constructor(scope: Construct, part: string, { policy, environment }: AwsStackProps) {
    super(scope, `${part}-${environment.name}`);
    useBackend(this, environment.backend);
    encryptState(this, environment.encryption);
    const { region, account } = environment.aws;
    new AwsProvider(this, 'aws', {
      region,
      allowedAccountIds: [account],
      defaultTags: [{ tags: { service: policy.name, environment: environment.name } }],
    });
    relaxProviderPin(this, 'aws');
  }

  /** How the environment keeps logs, encrypted with that key. */
  protected logs({ environment }: AwsStackProps, keyArn: string): LogOptions {
    const { aws, disposable } = environment;
    return { retentionDays: aws.logRetentionDays, keyArn, preventDestroy: !disposable };
  }
}
