/** IAM roles that jobs of one GitHub repository assume, each by exact claims of the job's token. */
import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import type { Problem } from '@portcullis/runtime/policy';
import { Fn, type Precondition } from 'cdktf';
import type { Construct } from 'constructs';
import { audienceOf, type Partition } from '../../core/aws';
import { unlike, within } from '../../core/props/checks';
import { checkedBy, isLater, known, later } from '../../core/props/later';
import { literal } from '../../core/props/literal';
import { nameWithin } from '../../core/naming/names';
import { GITHUB_ISSUER, REPOSITORY, REPOSITORY_ID, issuerProblems } from '../../github/identity/jobs';

/** Whose jobs they are, and how their tokens say it. */
export interface AwsJobs {
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
  /** The workflow that deploys, as main has it. @default '.github/workflows/deploy.yml' */
  readonly workflow?: string;
  /**
   * Issuer of the jobs' tokens. GitHub Enterprise Server has one of its own, of whose tokens AWS does not see which
   * workflow a job is of: any job of the same subject may assume the role there. @default github.com's
   */
  readonly issuer?: string;
  /**
   * ARN of the account's OIDC identity provider of that issuer, of which an account has one at most: where it exists, it is
   * not made. @default one is made
   */
  readonly providerArn?: string;
}

/** Numbers that stay the same when names change, as `gh api repos/OWNER/NAME --jq '.owner.id, .id'` prints them. */
export interface SubjectIds {
  /** Number of the owner: an organisation or a user. */
  readonly owner: string;
  /** Number of the repository. */
  readonly repository: string;
}

/** Path of the workflow that deploys. */
const DEPLOY_WORKFLOW = '.github/workflows/deploy.yml';

/** AWS takes no longer name of a role. */
const LONGEST_NAME = 64;

/** The name of a role of the repository's jobs: of the repository without its owner, and what it is for. */
export function jobRoleName(repository: string, ...purpose: readonly string[]): string {
  return nameWithin(LONGEST_NAME, repository.slice(repository.indexOf('/') + 1), ...purpose);
}

/** Longest session of a role, in seconds. */
const SESSION_SECONDS = 3_600;

const PROVIDER_ARN = /^arn:aws[\w-]*:iam::\d{12}:oidc-provider\/[\w.-]+(\/[\w./-]+)?$/;

/** What the jobs of a repository are known by. A construct makes its roles with it, in its own scope. */
export class JobRoles {
  /** ARN of the account's OIDC identity provider. */
  readonly providerArn: string;
  private readonly issuer: string;
  private readonly audience: string;

  constructor(
    private readonly scope: Construct,
    private readonly jobs: AwsJobs,
    partition: Partition,
  ) {
    this.issuer = jobs.issuer ?? GITHUB_ISSUER;
    this.audience = audienceOf(partition);
    this.providerArn =
      jobs.providerArn ??
      new IamOpenidConnectProvider(scope, 'github', {
        url: literal(this.issuer),
        clientIdList: [this.audience],
      }).arn;
  }

  /**
   * A role for jobs with one of these subjects, each what follows the repository: `ref:refs/heads/main`, say.
   *
   * @param only jobs of the workflow, as main has it, where the issuer's tokens say so.
   */
  role(id: string, name: string, subjects: readonly string[], only?: 'workflow'): IamRole {
    const { repository, subjectIds, workflow = DEPLOY_WORKFLOW } = this.jobs;
    const { host, pathname } = new URL(this.issuer);
    const claims = literal(`${host}${pathname === '/' ? '' : pathname}`);
    const bound = {
      aud: this.audience,
      sub: subjects.map((subject) => `${subjectOf(repository, subjectIds)}:${subject}`),
      ...(only !== undefined &&
        this.issuer === GITHUB_ISSUER && {
          job_workflow_ref: [`${repository}/${workflow}@refs/heads/main`],
        }),
    };
    const conditions = Object.entries(bound).map(([claim, values]) => [`${claims}:${claim}`, values]);
    return new IamRole(this.scope, id, {
      name,
      maxSessionDuration: SESSION_SECONDS,
      assumeRolePolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRoleWithWebIdentity',
            Principal: { Federated: this.providerArn },
            // Each claim has to equal one of its values. StringEquals knows no wildcards, and refuses a claim that is missing.
            Condition: { StringEquals: Object.fromEntries(conditions) as object },
          },
        ],
      }),
      ...checkedBy(idsLater(subjectIds)),
    });
  }
}

/** Everything that is wrong with jobs. */
export function jobProblems({
  repository,
  subjectIds,
  workflow = DEPLOY_WORKFLOW,
  issuer = GITHUB_ISSUER,
  providerArn,
}: AwsJobs): Problem[] {
  return [
    ...known('repository', repository, 'the names of the roles are made of it'),
    ...known('issuer', issuer, 'conditions are named after its host'),
    ...unlike('repository', repository, REPOSITORY, 'owner/name'),
    ...(subjectIds === undefined
      ? []
      : within('subjectIds', subjectIds, (ids) => [
          ...unlike('subjectIds.owner', ids.owner, REPOSITORY_ID, "the number of the repository's owner"),
          ...unlike('subjectIds.repository', ids.repository, REPOSITORY_ID, 'the number of the repository'),
        ])),
    ...unlike(
      'workflow',
      workflow,
      /^\.github\/workflows\/[\w.-]+\.ya?ml$/,
      `a file, as in ${DEPLOY_WORKFLOW}`,
    ),
    ...issuerProblems('issuer', issuer),
    ...(providerArn === undefined
      ? []
      : unlike('providerArn', providerArn, PROVIDER_ARN, 'the ARN of an OIDC identity provider')),
  ];
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
