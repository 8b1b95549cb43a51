import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import type { Problem } from '@portcullis/runtime/policy';
import { Fn, Op, type Precondition } from 'cdktf';
import { Construct } from 'constructs';
import { knownAs, literal, nameWithin, refuseProps } from '../../core';
import { refuseCollisions } from './collisions';
import { PARTITIONS, audienceOf, partitionOf, type Partition } from '../../core/aws';
import { checkedBy, isLater, known, later } from '../../core/later';
import { projectOfApp, projectProblems, statesOf } from '../../core/project';
import { each, noneOf, repeated, unless, unlike, within } from '../../core/checks';
import { GITHUB_ISSUER, REPOSITORY, REPOSITORY_ID, issuerProblems } from '../../github/identity/jobs';
import { KMS_KEY_ARN, ROLE_NAME } from '../arns';
import type { AwsPlace } from './place';

export interface AwsDeployIdentityProps {
  /** `owner/name` of the repository. */
  readonly repository: string;
  /**
   * Numbers of the repository and of its owner, for subjects that have them: `repo:owner@1/name@2:…`. They name one
   * repository for ever, whoever takes its name over. GitHub writes such subjects for repositories that were made or renamed
   * since July 15th, 2026, and for those that opted in.
   *
   * https://docs.github.com/en/actions/concepts/security/openid-connect
   *
   * @default none: subjects by the names alone
   */
  readonly subjectIds?: SubjectIds;
  /** Environment of the repository: its jobs may deploy, if they are the workflow's. */
  readonly environment: string;
  /** The workflow that deploys, as main has it. Others have jobs in the environment too. @default '.github/workflows/deploy.yml' */
  readonly workflow?: string;
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
  /**
   * Issuer of the jobs' tokens. GitHub Enterprise Server has one of its own, of whose tokens AWS does not see which
   * workflow a job is of: give the environment to no other workflow there. @default github.com's
   */
  readonly issuer?: string;
  /** Partition that the account is in. In China tokens are for an audience of their own. @default that of the bucket */
  readonly partition?: Partition;
  /** Names of the two IAM roles. @default `<repository>-<environment>-plan` and `…-deploy`, without the owner */
  readonly roleNames?: DeployRoleNames;
  /**
   * ARN of the account's OIDC identity provider of that issuer, of which an account has one at most: where it exists, it is
   * not made. @default one is made
   */
  readonly providerArn?: string;
}

/** Numbers that stay the same when names change, as `gh api repos/OWNER/NAME --jq '.owner.id, .id'` prints them. */
export interface SubjectIds {
  readonly owner: string;
  readonly repository: string;
}

/** Names of the two IAM roles, each unique in the account. */
export interface DeployRoleNames {
  readonly plan: string;
  readonly deploy: string;
}

/** Path of the workflow that deploys. */
const DEPLOY_WORKFLOW = '.github/workflows/deploy.yml';

/** Longest session of a role, in seconds. */
const SESSION_SECONDS = 3_600;

/** ID of the role of plans. */
const PLAN = 'portcullis-plan';

/** AWS takes no longer name of a role. */
const LONGEST = 64;

function roleNamesOf({ repository, environment, roleNames }: Named): DeployRoleNames {
  if (roleNames !== undefined) return roleNames;
  const name = (kind: string): string =>
    nameWithin(LONGEST, repository.slice(repository.indexOf('/') + 1), environment, kind);
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
  private readonly issuer: string;
  private readonly audience: string;

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: AwsDeployIdentityProps) {
    super(scope, id);
    const { project = projectOfApp() ?? '' } = props;
    refuseProps(this, [...problemsOf(props), ...projectProblems('project', project)]);
    const { repository, environment, stateBucketArn, stateKeyArn } = props;
    const { planPolicyArns = [], deployPolicyArns = [] } = props;
    const names = roleNamesOf(props);
    knownAs(this, 'jobs', names.deploy);
    refuseCollisions(this);
    this.issuer = props.issuer ?? GITHUB_ISSUER;
    this.audience = audienceOf(props.partition ?? partitionIn(stateBucketArn));
    this.providerArn =
      props.providerArn ??
      new IamOpenidConnectProvider(this, 'github', {
        url: literal(this.issuer),
        clientIdList: [this.audience],
      }).arn;
    const objects = `${stateBucketArn}/${statesOf(project)}/*`;
    const read = [
      allow(['s3:ListBucket'], stateBucketArn),
      allow(['s3:GetObject'], objects),
      allow(['kms:Decrypt'], stateKeyArn),
    ];
    const workflow = `${repository}/${props.workflow ?? DEPLOY_WORKFLOW}@refs/heads/main`;
    const subject = subjectOf(repository, props.subjectIds);
    const checks = idsLater(props.subjectIds);
    const subjects = [`${subject}:pull_request`, `${subject}:ref:refs/heads/main`];
    // A plan locks the state, so that it cannot read a half-written one.
    const lock = allow(['s3:PutObject', 's3:DeleteObject'], `${objects}.tflock`);
    const encrypt = allow(['kms:GenerateDataKey'], stateKeyArn);
    this.planRoleArn = this.role(
      PLAN,
      names.plan,
      { sub: subjects },
      checks,
      [...read, lock, encrypt],
      planPolicyArns,
    );
    this.deployRoleArn = this.role(
      'portcullis-deploy',
      names.deploy,
      {
        sub: [`${subject}:environment:${environment}`],
        ...(this.issuer === GITHUB_ISSUER && { job_workflow_ref: [workflow] }),
      },
      checks,
      [...read, allow(['s3:PutObject'], objects), lock, encrypt],
      deployPolicyArns,
    );
  }

  private role(
    id: string,
    name: string,
    bound: Readonly<Record<string, readonly string[]>>,
    checks: readonly Precondition[],
    statements: readonly object[],
    policyArns: readonly string[],
  ): string {
    const { host, pathname } = new URL(this.issuer);
    const claims = literal(`${host}${pathname === '/' ? '' : pathname}`);
    const conditions = Object.entries({ aud: this.audience, ...bound }).map(([claim, values]) => [
      `${claims}:${claim}`,
      values,
    ]);
    const role = new IamRole(this, id, {
      name,
      maxSessionDuration: SESSION_SECONDS,
      assumeRolePolicy: document([
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRoleWithWebIdentity',
          Principal: { Federated: this.providerArn },
          // Each claim has to equal one of its values. StringEquals knows no wildcards, and refuses a claim that is missing.
          Condition: { StringEquals: Object.fromEntries(conditions) as object },
        },
      ]),
      ...checkedBy(checks),
    });
    new IamRolePolicy(this, `${id}-policy`, { name, role: role.name, policy: document(statements) });
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

/** The check of numbers that are known only at the apply: a quote in one would begin another subject. */
function idsLater(ids: SubjectIds | undefined): Precondition[] {
  return (['owner', 'repository'] as const).flatMap((part) => {
    const id = ids?.[part];
    return id !== undefined && isLater(id)
      ? [later(Fn.can(Fn.regex('^[1-9][0-9]*$', id)), `subjectIds.${part}`, 'a number, as text')]
      : [];
  });
}

/** What subjects of the repository's jobs begin with. Given the numbers, none without them is trusted any more. */
function subjectOf(repository: string, ids: SubjectIds | undefined): string {
  if (ids === undefined) return `repo:${repository}`;
  const [owner = '', name = ''] = repository.split('/');
  return `repo:${owner}@${ids.owner}/${name}@${ids.repository}`;
}

/** The partition of an ARN. */
function partitionIn(arn: string): Partition {
  return PARTITIONS.find((partition) => arn.startsWith(`arn:${partition}:`)) ?? 'aws';
}

function allow(actions: readonly string[], resource: string): object {
  return { Effect: 'Allow', Action: actions, Resource: resource };
}

function document(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
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

const PROVIDER_ARN = /^arn:aws[\w-]*:iam::\d{12}:oidc-provider\/[\w.-]+(\/[\w./-]+)?$/;

const POLICY_ARN = /^arn:aws[\w-]*:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/;

function problemsOf(props: AwsDeployIdentityProps): Problem[] {
  const { repository, environment, workflow = DEPLOY_WORKFLOW, stateBucketArn, stateKeyArn } = props;
  const { planPolicyArns = [], deployPolicyArns = [], issuer = GITHUB_ISSUER } = props;
  const madeOf = 'the names of the roles are made of it';
  const eachOne = 'each of them is attached by itself';
  return [
    ...known('repository', repository, madeOf),
    ...known('environment', environment, madeOf),
    ...known('issuer', issuer, 'conditions are named after its host'),
    ...known('partition', props.partition, 'the audience of tokens follows from it'),
    ...(props.partition === undefined
      ? known('stateBucketArn', stateBucketArn, 'it says the `partition`, which you can give instead')
      : []),
    ...(isLater(planPolicyArns) ? known('planPolicyArns', planPolicyArns, eachOne) : []),
    ...(isLater(deployPolicyArns) ? known('deployPolicyArns', deployPolicyArns, eachOne) : []),
    ...unlike('repository', repository, REPOSITORY, 'owner/name'),
    ...(props.subjectIds === undefined
      ? []
      : within('subjectIds', props.subjectIds, (ids) => [
          ...unlike('subjectIds.owner', ids.owner, REPOSITORY_ID, "the number of the repository's owner"),
          ...unlike('subjectIds.repository', ids.repository, REPOSITORY_ID, 'the number of the repository'),
        ])),
    ...unlike('environment', environment, /^[\w.-]+$/, 'the name of an environment of the repository'),
    ...unlike(
      'stateBucketArn',
      stateBucketArn,
      /^arn:aws[\w-]*:s3:::[a-z0-9.-]+$/,
      'the ARN of a bucket, without a path',
    ),
    ...unlike('stateKeyArn', stateKeyArn, KMS_KEY_ARN, 'the ARN of a key, not of an alias'),
    ...unlike(
      'workflow',
      workflow,
      /^\.github\/workflows\/[\w.-]+\.ya?ml$/,
      `a file, as in ${DEPLOY_WORKFLOW}`,
    ),
    ...each('planPolicyArns', planPolicyArns, (arn, path) => [
      ...unlike(path, arn, POLICY_ARN, 'the ARN of a policy'),
      ...unless(!WRITES.test(arn), path, arn, ONLY_READS),
    ]),
    ...each('deployPolicyArns', deployPolicyArns, (arn, path) =>
      unlike(path, arn, POLICY_ARN, 'the ARN of a policy'),
    ),
    ...repeated('planPolicyArns', planPolicyArns, (arn) => policyName(arn)),
    ...repeated('deployPolicyArns', deployPolicyArns, (arn) => policyName(arn)),
    ...issuerProblems('issuer', issuer),
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
    ...(props.providerArn === undefined
      ? []
      : unlike('providerArn', props.providerArn, PROVIDER_ARN, 'the ARN of an OIDC identity provider')),
    ...(props.partition === undefined ? [] : noneOf('partition', props.partition, PARTITIONS)),
  ];
}
