/** `plan.yml`: plans that reviewers can read. */
import { PORTCULLIS } from '../workflow/repository-tools';
import { PREPARED_WITH_BASE, SET_UP_OPENTOFU, type Step, type Workflow } from '../workflow/workflow';
import { audienceOf, partitionOf } from '../../core/aws';
import { PLAN, audienceIn, signIn, vaultEnvironment, type DeliveryWorkflowProps } from './delivery';

/**
 * Plans every stack of a pull request with a role that can only read, and says in a comment what changes; and, in another
 * one, who can then do what they could not.
 *
 * @example
 * const yaml = renderWorkflow(planWorkflow(delivery));
 */
export function planWorkflow({ vault, environments, tools }: DeliveryWorkflowProps): Workflow {
  // Of a matrix, all entries say it or none: the action would take an empty one for what it is told.
  const audiences = environments.some(({ aws }) => audienceIn(aws.region) !== undefined);
  const include = environments.flatMap(({ stacks, vaultAddress, aws }) => {
    const place = { vault: vaultAddress, region: aws.region, role: aws.planRoleArn };
    const audience = audienceOf(partitionOf(aws.region));
    return stacks.map((stack) => ({ stack, ...place, ...(audiences && { audience }) }));
  });
  const signedIn = {
    region: '${{ matrix.region }}',
    roleArn: '${{ matrix.role }}',
    ...(audiences && { audience: '${{ matrix.audience }}' }),
  };
  return {
    name: 'plan',
    on: { pull_request: {} },
    tools,
    jobs: {
      plan: {
        // The ruleset asks for this name, in which the rest of the matrix would stand by default.
        name: planCheck('${{ matrix.stack }}'),
        if: OF_THIS_REPOSITORY,
        permissions: { contents: 'read', 'id-token': 'write', 'pull-requests': 'write' },
        'timeout-minutes': 30,
        concurrency: { group: 'plan-${{ github.ref }}-${{ matrix.stack }}', 'cancel-in-progress': true },
        strategy: { 'fail-fast': false, matrix: { include } },
        env: { STACK: '${{ matrix.stack }}' },
        steps: [
          ...PREPARED_WITH_BASE,
          SET_UP_OPENTOFU,
          ...signIn('${{ matrix.vault }}', vault.planRole, signedIn),
          {
            name: 'Plan',
            env: vaultEnvironment('${{ matrix.vault }}'),
            // Exit code 1 is a grade, which is for the reviewer. Only a plan that could not be made fails the job.
            // Rules of the team's own are those of the base: the pull request may have other ones.
            run: `${PLAN} "$STACK" --base HEAD^1 --markdown comment.md || [ $? -ge 2 ]`,
          },
          SUMMARIZE,
          STICKY_COMMENT,
        ],
      },
      // Signed in to nothing: it needs no more than the two versions of the policy.
      policy: {
        name: 'policy diff',
        if: OF_THIS_REPOSITORY,
        permissions: { contents: 'read', 'pull-requests': 'write' },
        'timeout-minutes': 10,
        concurrency: { group: 'policy-${{ github.ref }}', 'cancel-in-progress': true },
        steps: [
          ...PREPARED_WITH_BASE,
          {
            name: 'Compare the policy',
            // As of a plan: a grade is for the reviewer.
            run: `${PORTCULLIS} policy-diff --base HEAD^1 --markdown comment.md || [ $? -ge 2 ]`,
          },
          SUMMARIZE,
          STICKY_COMMENT,
        ],
      },
    },
  };
}

/** A fork's pull request gets no credential, so that it could plan nothing and comment nowhere. */
const OF_THIS_REPOSITORY = 'github.event.pull_request.head.repo.full_name == github.repository';

/** Name of the check that is the plan of a stack. */
export function planCheck(stack: string): string {
  return `plan ${stack}`;
}

const SUMMARIZE: Step = { name: 'Summarize', run: 'cat comment.md >> "$GITHUB_STEP_SUMMARY"' };

/** One comment for each stack, and one for the policy. A marker in its first line tells which comment to update. */
const STICKY_COMMENT: Step = {
  name: 'Comment',
  env: { GH_TOKEN: '${{ github.token }}', NUMBER: '${{ github.event.pull_request.number }}' },
  run: [
    'marker=$(head --lines=1 comment.md)',
    'comment=$(gh api --paginate "/repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments" \\',
    '  | jq --raw-output --slurp --arg marker "$marker" \\',
    '    \'add // [] | map(select(.user.login == "github-actions[bot]" and (.body | startswith($marker)))) | .[0].id // empty\')',
    'if [ -n "$comment" ]; then',
    '  gh api --method PATCH "/repos/$GITHUB_REPOSITORY/issues/comments/$comment" --field body=@comment.md > /dev/null',
    'else',
    '  gh api --method POST "/repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments" --field body=@comment.md > /dev/null',
    'fi',
  ].join('\n'),
};
