import { ActionsRepositoryPermissions } from '@cdktf/provider-github/lib/actions-repository-permissions';
import { Repository } from '@cdktf/provider-github/lib/repository';
import { RepositoryDependabotSecurityUpdates } from '@cdktf/provider-github/lib/repository-dependabot-security-updates';
import { RepositoryEnvironment } from '@cdktf/provider-github/lib/repository-environment';
import { RepositoryEnvironmentDeploymentPolicy } from '@cdktf/provider-github/lib/repository-environment-deployment-policy';
import { RepositoryRuleset } from '@cdktf/provider-github/lib/repository-ruleset';
import { TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import type { Problem } from '@portcullis/runtime/policy';
import { literal, refuseProps } from '../../core';
import { each, isList, noneOf, shown, unless, unlike, wholeNumber, within } from '../../core/props/checks';
import { isLater, known } from '../../core/props/later';
import { ACTIONS } from '../workflow/actions';
import { codeOwnersFile, codeOwnersProblems } from './code-owners';
import { ReviewedFiles } from './reviewed-files';

/** An environment of the repository that jobs deploy to. */
export interface DeployEnvironment {
  /** Name of the environment. */
  readonly name: string;
  /** Numbers of teams. One of them has to approve each deploy. @default none: nobody is asked */
  readonly reviewerTeams?: readonly number[];
}

/** Properties of {@link ProtectedRepository}. */
export interface ProtectedRepositoryProps {
  /** Name of the repository, without its owner. */
  readonly name: string;
  /** Who can see the repository. @default 'private' */
  readonly visibility?: 'private' | 'internal' | 'public';
  /** Names of the checks that have to pass before a merge, as GitHub shows them. */
  readonly requiredChecks: readonly string[];
  /** How many reviewers have to approve a pull request: 1 to 10. @default 1 */
  readonly approvals?: number;
  /** The environments that its jobs deploy to. */
  readonly environments: readonly DeployEnvironment[];
  /** Users and teams with write access. One of them has to review each change, whatever file it is of. */
  readonly codeOwners: readonly string[];
}

/** Number of GitHub's own app, GitHub Actions: no other app can report the required checks. */
const GITHUB_ACTIONS = 15_368;

/**
 * A GitHub repository with a ruleset, environments, permissions of its workflows, and a pull request that says who its
 * code owners are. Its main branch changes by pull requests that they reviewed and whose checks passed, and by nothing
 * else. Its jobs have no permission that they do not name,
 * use pinned actions of a known list, and deploy from main only.
 *
 * https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets
 *
 * @example
 * const repository = new ProtectedRepository(this, 'repository', {
 *   name: 'orders',
 *   requiredChecks: ['ci'],
 *   environments: [{ name: 'dev' }, { name: 'prod', reviewerTeams: [1_234_567] }],
 *   codeOwners: ['@example/platform'],
 * });
 */
export class ProtectedRepository extends Construct {
  readonly name: string;

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: ProtectedRepositoryProps) {
    super(scope, id);
    refuseProps(this, problemsOf(props));
    const { name, visibility = 'private', requiredChecks, approvals = 1, environments, codeOwners } = props;
    const repository = new Repository(this, 'repository', {
      name,
      visibility,
      // A first commit, so that there is a main branch to protect and to propose to.
      autoInit: true,
      hasIssues: true,
      allowMergeCommit: false,
      allowRebaseMerge: false,
      allowSquashMerge: true,
      // The branch of proposed files stays: see ReviewedFiles.
      deleteBranchOnMerge: false,
      vulnerabilityAlerts: true,
      securityAndAnalysis: {
        secretScanning: { status: 'enabled' },
        secretScanningPushProtection: { status: 'enabled' },
      },
      archiveOnDestroy: true,
      // A mistake in a stack must not destroy a repository.
      lifecycle: { preventDestroy: true },
    });
    this.name = repository.name;
    new RepositoryDependabotSecurityUpdates(this, 'dependabot', { repository: this.name, enabled: true });
    this.ruleset(requiredChecks, approvals);
    this.permissions();
    for (const environment of environments) this.environment(environment);
    new ReviewedFiles(this, 'code-owners', {
      repository: this.name,
      branch: 'portcullis/code-owners',
      title: 'ci: who reviews changes',
      files: codeOwnersFile(codeOwners),
    });
  }

  private ruleset(requiredChecks: readonly string[], approvals: number): void {
    new RepositoryRuleset(this, 'main', {
      repository: this.name,
      name: 'main',
      target: 'branch',
      enforcement: 'active',
      conditions: { refName: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: {
        deletion: true,
        nonFastForward: true,
        requiredLinearHistory: true,
        pullRequest: {
          requiredApprovingReviewCount: approvals,
          dismissStaleReviewsOnPush: true,
          requireLastPushApproval: true,
          requireCodeOwnerReview: true,
          requiredReviewThreadResolution: true,
        },
        requiredStatusChecks: {
          strictRequiredStatusChecksPolicy: true,
          requiredCheck: requiredChecks.map((context) => ({
            context: literal(context),
            integrationId: GITHUB_ACTIONS,
          })),
        },
      },
    });
  }

  private permissions(): void {
    new ActionsRepositoryPermissions(this, 'actions', {
      repository: this.name,
      enabled: true,
      allowedActions: 'selected',
      allowedActionsConfig: {
        githubOwnedAllowed: true,
        verifiedAllowed: false,
        patternsAllowed: Object.values(ACTIONS)
          .map(({ uses }) => uses)
          .filter((uses) => !uses.startsWith('actions/')),
      },
    });
    // The prebuilt bindings do not have this resource of the provider yet.
    const token = new TerraformResource(this, 'token', {
      terraformResourceType: 'github_workflow_repository_permissions',
    });
    token.addOverride('repository', this.name);
    token.addOverride('default_workflow_permissions', 'read');
    token.addOverride('can_approve_pull_request_reviews', false);
  }

  private environment({ name, reviewerTeams = [] }: DeployEnvironment): void {
    const environment = new RepositoryEnvironment(this, `environment-${name}`, {
      repository: this.name,
      environment: name,
      canAdminsBypass: false,
      preventSelfReview: reviewerTeams.length > 0,
      deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
    });
    // Bindings take a list of it or one, by their version, and drop the other without a word: anybody could then deploy.
    if (reviewerTeams.length > 0) {
      environment.addOverride('reviewers', [{ teams: [...reviewerTeams] }]);
    }
    new RepositoryEnvironmentDeploymentPolicy(this, `environment-${name}-main`, {
      repository: this.name,
      environment: environment.environment,
      branchPattern: 'main',
    });
  }
}

function problemsOf(props: ProtectedRepositoryProps): Problem[] {
  const { name, visibility = 'private', requiredChecks, approvals = 1, environments, codeOwners } = props;
  const names = isList(environments) ? environments.map((one: DeployEnvironment | null) => one?.name) : [];
  const eachOne = 'each of them is made by itself';
  return [
    ...(isLater(requiredChecks) ? known('requiredChecks', requiredChecks, eachOne) : []),
    ...(isLater(environments) ? known('environments', environments, eachOne) : []),
    ...unlike('name', name, /^[\w.-]{1,100}$/, 'the name of a repository, without its owner'),
    ...noneOf('visibility', visibility, ['private', 'internal', 'public']),
    ...each('requiredChecks', requiredChecks, (check, path) =>
      unlike(path, check, /\S/, 'the name of a check'),
    ),
    ...unless(
      !isList(requiredChecks) || requiredChecks.length > 0,
      'requiredChecks',
      requiredChecks,
      'at least one check: a merge without any lets everything in',
    ),
    ...wholeNumber('approvals', approvals, 1, 10),
    ...codeOwnersProblems(codeOwners),
    ...each('environments', environments, (environment, path) =>
      within(path, environment, (given) => environmentProblems(path, given)),
    ),
    ...names
      .filter((one, index) => names.indexOf(one) < index)
      .map((one) => ({ path: 'environments', message: `received ${shown(one)} twice; expected it once` })),
    // The branches that the one of them deploys from are known by the name of the other.
    ...names
      .filter((one) => names.includes(`${String(one)}-main`))
      .map((one) => ({
        path: 'environments',
        message: `received ${shown(one)} and ${shown(`${String(one)}-main`)}; expected another name for one of them`,
      })),
  ];
}

function environmentProblems(
  path: string,
  { name, reviewerTeams = [] }: DeployEnvironment,
): readonly Problem[] {
  return [
    ...known(`${path}.name`, name, 'names of other things are made of it'),
    ...(isLater(reviewerTeams)
      ? known(`${path}.reviewerTeams`, reviewerTeams, 'whether anybody approves deploys follows from it')
      : []),
    ...unlike(`${path}.name`, name, /^[\w.-]{1,255}$/, 'the name of an environment'),
    ...each(`${path}.reviewerTeams`, reviewerTeams, (team, place) =>
      wholeNumber(place, team, 1, Number.MAX_SAFE_INTEGER),
    ),
  ];
}
