import type { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import type { Problem } from '@portcullis/runtime/policy';
import { Fn, Op, type Precondition } from 'cdktf';
import { Construct } from 'constructs';
import { knownAs, refuseProps } from '../../core';
import { refuseCollisions } from './collisions';
import { PARTITIONS, partitionOf, type Partition } from '../../core/aws';
import { isLater, known, later } from '../../core/props/later';
import { projectOfApp, projectProblems, statesOf } from '../../core/state/project';
import { each, noneOf, repeated, unless, unlike, within } from '../../core/props/checks';
import { KMS_KEY_ARN, ROLE_NAME } from '../arns';
import { JobRoles, jobProblems, jobRoleName, type AwsJobs } from './job-roles';
import type { AwsPlace } from './place';

/** Properties of {@link AwsDeployIdentity}. */
export interface AwsDeployIdentityProps extends AwsJobs {
  /** Environment of the repository: its jobs may deploy, if they are the workflow's. */
  readonly environment: string;
  /** Whose states they are: the roles reach no other project's. @default the `projectId` of the app's `cdktf.json` */
  readonly project?: string;
  /** ARN of the bucket that holds the stacks' states. */
  readonly stateBucketArn: string;
  /** ARN of the KMS key that encrypts them. */
  readonly stateKeyArn: string;
  /**
   * ARNs of policies, AWS' or your own, that let a plan read what the stacks have made. Whoever may push a branch has
   * these policies too. @default none: it reads the state alone, which is enough for stacks of Vault
   */
  readonly planPolicyArns?: readonly string[];
  /** ARNs of policies that let a deploy make and change it. @default none: it writes the state alone */
  readonly deployPolicyArns?: readonly string[];
  /** Partition that the account is in. In China tokens are for an audience of their own. @default that of the bucket */
  readonly partition?: Partition;
  /** Names of the two IAM roles. @default `<repository>-<environment>-plan` and `…-deploy`, without the owner */
  readonly roleNames?: DeployRoleNames;
}

/** Names of the two IAM roles, each unique in the account. */
export interface DeployRoleNames {
  /** Of the role that reads the state. */
  readonly plan: string;
  /** Of the role that writes it. */
  readonly deploy: string;
}

/** IDs of the two roles. */
const PLAN = 'portcullis-plan';
const DEPLOY = 'portcullis-deploy';

function roleNamesOf({ repository, environment, roleNames }: Named): DeployRoleNames {
  if (roleNames !== undefined) return roleNames;
  const name = (kind: string): string => jobRoleName(repository, environment, kind);
  return { plan: name('plan'), deploy: name('deploy') };
}

type Named = Pick<AwsDeployIdentityProps, 'repository' | 'environment' | 'roleNames'>;

/**
 * ARNs of the two roles that {@link AwsDeployIdentity} makes, for whoever knows names alone.
 *
 * @example
 * const { planRoleArn, deployRoleArn } = deployRoleArns({
 *   place: { region: 'eu-central-1', account: '333333333333' },
 *   repository: 'example/orders',
 *   environment: 'prod',
 * });
 */
export function deployRoleArns({ place, ...named }: Named & { readonly place: AwsPlace }): {
  readonly planRoleArn: string;
  readonly deployRoleArn: string;
} {
  const { plan, deploy } = roleNamesOf(named);
  const arn = (name: string): string => `arn:${partitionOf(place.region)}:iam::${place.account}:role/${name}`;
  return { planRoleArn: arn(plan), deployRoleArn: arn(deploy) };
}

/**
 * Lets the jobs of one repository assume two IAM roles in an AWS account: one that reads the state, for plans of pull
 * requests and of main, and one that writes it, for the deploys of one workflow to an environment. No access key is kept anywhere. It
 * provisions an IAM OIDC identity provider, unless the account has one, and the two roles with their policies.
 *
 * https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 *
 * @example
 * new AwsDeployIdentity(this, 'jobs', {
 *   repository: 'example/orders',
 *   subjectIds: { owner: '123456', repository: '714285714' },
 *   environment: 'prod',
 *   stateBucketArn: 'arn:aws:s3:::example-state',
 *   stateKeyArn: 'arn:aws:kms:eu-central-1:333333333333:key/0a1b2c3d',
 *   planPolicyArns: ['arn:aws:iam::333333333333:policy/portcullis-plan'],
 *   deployPolicyArns: ['arn:aws:iam::333333333333:policy/portcullis-deploy'],
 * });
 */
export class AwsDeployIdentity extends Construct {
  readonly planRoleArn: string;
  readonly deployRoleArn: string;
  /** ARN of the account's OIDC identity provider, for the identities of other environments there. */
  readonly providerArn: string;

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: AwsDeployIdentityProps) {
    super(scope, id);
    const { project = projectOfApp() ?? '' } = props;
    refuseProps(this, [...problemsOf(props), ...projectProblems('project', project)]);
    const { environment, stateBucketArn, stateKeyArn } = props;
    const { planPolicyArns = [], deployPolicyArns = [] } = props;
    const names = roleNamesOf(props);
    knownAs(this, 'jobs', names.deploy);
    refuseCollisions(this);
    const jobs = new JobRoles(this, props, props.partition ?? partitionIn(stateBucketArn));
    this.providerArn = jobs.providerArn;
    const objects = `${stateBucketArn}/${statesOf(project)}/*`;
    const read = [
      allow(['s3:ListBucket'], stateBucketArn),
      allow(['s3:GetObject'], objects),
      allow(['kms:Decrypt'], stateKeyArn),
    ];
    // A plan locks the state, so that it cannot read a half-written one.
    const lock = allow(['s3:PutObject', 's3:DeleteObject'], `${objects}.tflock`);
    const encrypt = allow(['kms:GenerateDataKey'], stateKeyArn);
    this.planRoleArn = this.role(
      names.plan,
      jobs.role(PLAN, names.plan, ['pull_request', 'ref:refs/heads/main']),
      [...read, lock, encrypt],
      planPolicyArns,
    );
    // A scan has the environment too, and runs a stranger's program.
    this.deployRoleArn = this.role(
      names.deploy,
      jobs.role(DEPLOY, names.deploy, [`environment:${environment}`], 'workflow'),
      [...read, allow(['s3:PutObject'], objects), lock, encrypt],
      deployPolicyArns,
    );
  }

  private role(
    name: string,
    role: IamRole,
    statements: readonly object[],
    policyArns: readonly string[],
  ): string {
    const { id } = role.node;
    new IamRolePolicy(this, `${id}-policy`, {
      name,
      role: role.name,
      policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    });
    policyArns.forEach((policyArn, index) => {
      // No ID can hold what is known only later.
      const policy = isLater(policyArn) ? `policy-${index}` : policyName(policyArn).replaceAll('/', '|');
      new IamRolePolicyAttachment(this, `${id}-${policy}`, {
        role: role.name,
        policyArn,
        ...(isLater(policyArn) && id === PLAN && { lifecycle: { precondition: [onlyReads(policyArn)] } }),
      });
    });
    return role.arn;
  }
}

/** Without a compiler, it may be anything. */
function policyName(arn: unknown): string {
  return String(arn).replace(/^.*:policy\//, '');
}

/** The partition of an ARN. */
function partitionIn(arn: string): Partition {
  return PARTITIONS.find((partition) => arn.startsWith(`arn:${partition}:`)) ?? 'aws';
}

function allow(actions: readonly string[], resource: string): object {
  return { Effect: 'Allow', Action: actions, Resource: resource };
}

/** AWS' own policies that let their holder change something. */
const WRITES = /:policy\/(.*\/)?(AdministratorAccess|PowerUserAccess|[A-Za-z0-9_]*FullAccess)$/;

const ONLY_READS = 'one that only reads: whoever may push a branch has it';

/** The same of a policy that is known only at the apply. */
function onlyReads(policyArn: string): Precondition {
  // Of an expression in quotes, one without a backslash.
  const pattern = WRITES.source.replaceAll('\\/', '/');
  return later(Op.not(Fn.can(Fn.regex(pattern, policyArn))), 'planPolicyArns', ONLY_READS);
}

const POLICY_ARN = /^arn:aws[\w-]*:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/;

function problemsOf(props: AwsDeployIdentityProps): Problem[] {
  const { environment, stateBucketArn, stateKeyArn } = props;
  const { planPolicyArns = [], deployPolicyArns = [] } = props;
  const eachOne = 'each of them is attached by itself';
  return [
    ...jobProblems(props),
    ...known('environment', environment, 'the names of the roles are made of it'),
    ...known('partition', props.partition, 'the audience of tokens follows from it'),
    ...(props.partition === undefined
      ? known('stateBucketArn', stateBucketArn, 'it says the `partition`, which you can give instead')
      : []),
    ...(isLater(planPolicyArns) ? known('planPolicyArns', planPolicyArns, eachOne) : []),
    ...(isLater(deployPolicyArns) ? known('deployPolicyArns', deployPolicyArns, eachOne) : []),
    ...unlike('environment', environment, /^[\w.-]+$/, 'the name of an environment of the repository'),
    ...unlike(
      'stateBucketArn',
      stateBucketArn,
      /^arn:aws[\w-]*:s3:::[a-z0-9.-]+$/,
      'the ARN of a bucket, without a path',
    ),
    ...unlike('stateKeyArn', stateKeyArn, KMS_KEY_ARN, 'the ARN of a key, not of an alias'),
    ...each('planPolicyArns', planPolicyArns, (arn, path) => [
      ...unlike(path, arn, POLICY_ARN, 'the ARN of a policy'),
      ...unless(!WRITES.test(arn), path, arn, ONLY_READS),
    ]),
    ...each('deployPolicyArns', deployPolicyArns, (arn, path) =>
      unlike(path, arn, POLICY_ARN, 'the ARN of a policy'),
    ),
    ...repeated('planPolicyArns', planPolicyArns, (arn) => policyName(arn)),
    ...repeated('deployPolicyArns', deployPolicyArns, (arn) => policyName(arn)),
    ...(props.roleNames === undefined
      ? []
      : within('roleNames', props.roleNames, ({ plan, deploy }) => [
          ...unlike('roleNames.plan', plan, ROLE_NAME, 'the name of a role'),
          ...unlike('roleNames.deploy', deploy, ROLE_NAME, 'the name of a role'),
          ...unless(
            plan !== deploy,
            'roleNames.deploy',
            deploy,
            'another name than the role that only reads has',
          ),
        ])),
    ...(props.partition === undefined ? [] : noneOf('partition', props.partition, PARTITIONS)),
  ];
}
