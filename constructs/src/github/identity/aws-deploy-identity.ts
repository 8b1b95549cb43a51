import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { isHttpsOrLoopback, type Problem } from '@portcullis/runtime/policy';
import { Construct } from 'constructs';
import { refuseProps } from '../../core';
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
  /**
   * Policies, AWS' or your own, that let a plan read what the stacks have made: whoever may push a branch has them.
   * @default it reads the state alone, which is enough for stacks of Vault
   */
  readonly planPolicyArns?: readonly string[];
  /** Policies that let a deploy make and change it. @default it writes the state alone */
  readonly deployPolicyArns?: readonly string[];
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
    const { planPolicyArns = [], deployPolicyArns = [] } = props;
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
    const encrypt = allow(['kms:GenerateDataKey'], stateKeyArn);
    this.planRoleArn = this.role('portcullis-plan', subjects, [...read, lock, encrypt], planPolicyArns);
    this.deployRoleArn = this.role(
      'portcullis-deploy',
      [`repo:${repository}:environment:${environment}`],
      [...read, allow(['s3:PutObject'], objects), lock, encrypt],
      deployPolicyArns,
    );
  }

  private role(
    name: string,
    subjects: readonly string[],
    statements: readonly object[],
    policyArns: readonly string[],
  ): string {
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
    for (const policyArn of policyArns) {
      const policy = policyArn.replace(/^.*:policy\//, '').replaceAll('/', '|');
      new IamRolePolicyAttachment(this, `${name}-${policy}`, { role: role.name, policyArn });
    }
    return role.arn;
  }
}

function allow(actions: readonly string[], resource: string): object {
  return { Effect: 'Allow', Action: actions, Resource: resource };
}

function document(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** Policies of AWS' own that let whoever has them change something. */
const WRITES = /:policy\/(.*\/)?(AdministratorAccess|PowerUserAccess|\w*FullAccess)$/;

function policyProblems({ planPolicyArns = [], deployPolicyArns = [] }: AwsDeployIdentityProps): Problem[] {
  const problem = (path: string, arn: string, what: string): Problem => ({
    path,
    message: `received ${JSON.stringify(arn)}; expected ${what}`,
  });
  const noArn = (path: string, arns: readonly string[]): Problem[] =>
    arns.flatMap((arn, index) =>
      /^arn:aws[\w-]*:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/.test(arn)
        ? []
        : [problem(`${path}[${index}]`, arn, 'the ARN of a policy')],
    );
  const writing = planPolicyArns.flatMap((arn, index) =>
    WRITES.test(arn)
      ? [problem(`planPolicyArns[${index}]`, arn, 'one that only reads: whoever may push a branch has it')]
      : [],
  );
  return [
    ...noArn('planPolicyArns', planPolicyArns),
    ...noArn('deployPolicyArns', deployPolicyArns),
    ...writing,
  ];
}

function problemsOf(props: AwsDeployIdentityProps): Problem[] {
  const expected: readonly [
    'repository' | 'environment' | 'stateBucketArn' | 'stateKeyArn',
    RegExp,
    string,
  ][] = [
    ['repository', /^[\w.-]+\/[\w.-]+$/, 'owner/name'],
    ['environment', /^[\w.-]+$/, 'the name of an environment of the repository'],
    ['stateBucketArn', /^arn:aws[\w-]*:s3:::[a-z0-9.-]+$/, 'the ARN of a bucket, without a path'],
    ['stateKeyArn', /^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+$/, 'the ARN of a key, not of an alias'],
  ];
  const wrong = expected.flatMap(([path, pattern, what]) => {
    return pattern.test(props[path])
      ? []
      : [{ path, message: `received ${JSON.stringify(props[path])}; expected ${what}` }];
  });
  const { issuer } = props;
  const others = [...wrong, ...policyProblems(props)];
  return issuer === undefined || isHttpsOrLoopback(issuer)
    ? others
    : [...others, { path: 'issuer', message: `received ${JSON.stringify(issuer)}; expected an https: URL` }];
}
