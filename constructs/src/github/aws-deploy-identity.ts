import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { isHttpsOrLoopback, type Problem } from '@portcullis/runtime/policy';
import { Construct } from 'constructs';
import { refuseProps } from '../core';
import { GITHUB_ISSUER } from './deploy-identity';

export interface AwsDeployIdentityProps {
  /** `owner/name` of the repository. */
  readonly repository: string;
  /** Environment of the repository whose jobs deploy. */
  readonly environment: string;
  /** ARN of the bucket that holds the states of the stacks. */
  readonly stateBucketArn: string;
  /** ARN of the KMS key that encrypts them. */
  readonly stateKeyArn: string;
  /** GitHub Enterprise Server has an issuer of its own. @default GitHub's */
  readonly issuer?: string;
}

/** What `configure-aws-credentials` asks a token for. */
const AUDIENCE = 'sts.amazonaws.com';

const SESSION_SECONDS = 3_600;

/**
 * Lets the jobs of one repository take two roles in an AWS account: one that reads the state, for plans of pull
 * requests and of main, and one that writes it, for the environment's deploys. No access key is kept anywhere.
 *
 * Synthesized only: nothing here applies it to an account.
 * https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 */
export class AwsDeployIdentity extends Construct {
  readonly planRoleArn: string;
  readonly deployRoleArn: string;
  private readonly provider: IamOpenidConnectProvider;
  private readonly issuer: string;

  /** @throws ConstructError `ERR_PROPS` with everything that is wrong at once. */
  constructor(scope: Construct, id: string, props: AwsDeployIdentityProps) {
    super(scope, id);
    refuseProps(this, problemsOf(props));
    const { repository, environment, stateBucketArn, stateKeyArn } = props;
    this.issuer = props.issuer ?? GITHUB_ISSUER;
    this.provider = new IamOpenidConnectProvider(this, 'github', {
      url: this.issuer,
      clientIdList: [AUDIENCE],
    });
    const objects = `${stateBucketArn}/portcullis/*`;
    const read = [
      allow(['s3:ListBucket'], stateBucketArn),
      allow(['s3:GetObject'], objects),
      allow(['kms:Decrypt'], stateKeyArn),
    ];
    const subjects = [`repo:${repository}:pull_request`, `repo:${repository}:ref:refs/heads/main`];
    // A plan locks the state, so that it reads no half-written one.
    const lock = allow(['s3:PutObject', 's3:DeleteObject'], `${objects}.tflock`);
    this.planRoleArn = this.role('portcullis-plan', subjects, [
      ...read,
      lock,
      allow(['kms:GenerateDataKey'], stateKeyArn),
    ]);
    this.deployRoleArn = this.role(
      'portcullis-deploy',
      [`repo:${repository}:environment:${environment}`],
      [...read, allow(['s3:PutObject'], objects), lock, allow(['kms:GenerateDataKey'], stateKeyArn)],
    );
  }

  private role(name: string, subjects: readonly string[], statements: readonly object[]): string {
    const { host, pathname } = new URL(this.issuer);
    const claims = `${host}${pathname === '/' ? '' : pathname}`;
    const role = new IamRole(this, name, {
      name,
      maxSessionDuration: SESSION_SECONDS,
      assumeRolePolicy: document([
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRoleWithWebIdentity',
          Principal: { Federated: this.provider.arn },
          // Of several values of a key, one has to be equal: no wildcard is understood here.
          Condition: { StringEquals: { [`${claims}:aud`]: AUDIENCE, [`${claims}:sub`]: subjects } },
        },
      ]),
    });
    new IamRolePolicy(this, `${name}-policy`, { name, role: role.name, policy: document(statements) });
    return role.arn;
  }
}

function allow(actions: readonly string[], resource: string): object {
  return { Effect: 'Allow', Action: actions, Resource: resource };
}

function document(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

function problemsOf(props: AwsDeployIdentityProps): Problem[] {
  const expected: readonly [keyof AwsDeployIdentityProps, RegExp, string][] = [
    ['repository', /^[\w.-]+\/[\w.-]+$/, 'owner/name'],
    ['environment', /^[\w.-]+$/, 'the name of an environment of the repository'],
    ['stateBucketArn', /^arn:aws[\w-]*:s3:::[a-z0-9.-]+$/, 'the ARN of a bucket, without a path'],
    ['stateKeyArn', /^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+$/, 'the ARN of a key, not of an alias'],
  ];
  const wrong = expected.flatMap(([path, pattern, what]) => {
    const received = props[path] ?? '';
    return pattern.test(received)
      ? []
      : [{ path, message: `received ${JSON.stringify(received)}; expected ${what}` }];
  });
  const { issuer } = props;
  return issuer === undefined || isHttpsOrLoopback(issuer)
    ? wrong
    : [...wrong, { path: 'issuer', message: `received ${JSON.stringify(issuer)}; expected an https: URL` }];
}
