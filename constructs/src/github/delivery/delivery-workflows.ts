/** `plan.yml` and `deploy.yml`: plans that reviewers can read, and deploys of nothing but what was reviewed. */
import { ACTIONS } from '../workflow/actions';
import { CHECKED_OUT, PORTCULLIS, type Job, type Step, type Workflow, vaultStep } from '../workflow/workflow';

export interface DeliveryWorkflowProps {
  /** JWT roles of the jobs, the same in every environment's Vault: see {@link DeployIdentity}. */
  readonly vault: { readonly planRole: string; readonly deployRole: string };
  /** In the order in which a change reaches them. */
  readonly environments: readonly DeliveryEnvironment[];
}

export interface DeliveryEnvironment {
  readonly name: string;
  readonly stacks: readonly string[];
  /** The environment's own Vault, as runners reach it. */
  readonly vaultAddress: string;
  /** Holds the state of its stacks, on AWS: roles that read it and that write it. */
  readonly aws: { readonly region: string; readonly planRoleArn: string; readonly deployRoleArn: string };
  /** Scanned after its deploy; the next environment waits for that. @default not scanned */
  readonly scanned?: boolean;
  /** What its service says at `/healthz` that it is, once deployed. @default the commit */
  readonly release?: string;
  /** Starts the service after the apply. @default not here: on AWS it logs in by its task's role, without a secret */
  readonly handOver?: HandOver;
}

/** How a new instance of the service gets its login: nobody but it can see the secret ID. */
export interface HandOver {
  /** Name of the service's AppRole, whose secret ID is minted, wrapped for two minutes. */
  readonly appRole: string;
  /** Bash that starts the service with the `VAULT_ROLE_ID` and the `VAULT_WRAPPED_SECRET_ID` of its environment. */
  readonly command: string;
}

const PLAN = `${PORTCULLIS} plan`;

/** Plans every stack of a pull request with a role that can only read, and says in a comment what changes. */
export function planWorkflow({ vault, environments }: DeliveryWorkflowProps): Workflow {
  const include = environments.flatMap(({ stacks, vaultAddress, aws }) =>
    stacks.map((stack) => ({ stack, vault: vaultAddress, region: aws.region, role: aws.planRoleArn })),
  );
  return {
    name: 'plan',
    on: { pull_request: {} },
    jobs: {
      plan: {
        // What the ruleset asks for, without the rest of the matrix.
        name: planCheck('${{ matrix.stack }}'),
        // A fork's pull request gets no credential, so there is nothing that it could plan.
        if: 'github.event.pull_request.head.repo.full_name == github.repository',
        permissions: { contents: 'read', 'id-token': 'write', 'pull-requests': 'write' },
        'timeout-minutes': 30,
        concurrency: { group: 'plan-${{ github.ref }}-${{ matrix.stack }}', 'cancel-in-progress': true },
        strategy: { 'fail-fast': false, matrix: { include } },
        env: { STACK: '${{ matrix.stack }}' },
        steps: [
          ...CHECKED_OUT,
          ...signIn('${{ matrix.vault }}', vault.planRole, '${{ matrix.region }}', '${{ matrix.role }}'),
          {
            name: 'Plan',
            env: VAULT_ENVIRONMENT('${{ matrix.vault }}'),
            // A grade is for the reviewer; only a plan that failed fails the job.
            run: `${PLAN} "$STACK" --markdown comment.md || [ $? -ge 2 ]`,
          },
          { name: 'Summarize', run: 'cat comment.md >> "$GITHUB_STEP_SUMMARY"' },
          STICKY_COMMENT,
        ],
      },
    },
  };
}

/** The check of a pull request that is the plan of a stack. */
export function planCheck(stack: string): string {
  return `plan ${stack}`;
}

/** One comment a stack: the marker in its first line finds the one to update. */
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

/**
 * For each environment in turn: plan with the role that can only read; wait for the environment's reviewers, who
 * see that plan; plan again, and apply if it is the one they saw; scan.
 */
export function deployWorkflow({ vault, environments }: DeliveryWorkflowProps): Workflow {
  const jobs: Record<string, Job> = {};
  let before: readonly string[] = [];
  for (const environment of environments) {
    const { name, scanned = false, release = '${{ github.sha }}' } = environment;
    jobs[`plan-${name}`] = planJob(vault, environment, before);
    jobs[`deploy-${name}`] = deployJob(vault, environment);
    before = [`deploy-${name}`];
    if (!scanned) continue;
    jobs[`scan-${name}`] = {
      needs: before,
      // What the called workflow's jobs may have at most.
      permissions: { contents: 'read', 'id-token': 'write', 'security-events': 'write' },
      uses: './.github/workflows/security.yml',
      with: { release },
    };
    before = [`scan-${name}`];
  }
  return { name: 'deploy', on: { push: { branches: ['main'] } }, jobs };
}

function planJob(
  vault: DeliveryWorkflowProps['vault'],
  { name, stacks, vaultAddress, aws }: DeliveryEnvironment,
  before: readonly string[],
): Job {
  return {
    ...(before.length > 0 && { needs: before }),
    permissions: { contents: 'read', 'id-token': 'write' },
    'timeout-minutes': 30,
    outputs: { digests: '${{ steps.plan.outputs.digests }}' },
    steps: [
      ...CHECKED_OUT,
      ...signIn(vaultAddress, vault.planRole, aws.region, aws.planRoleArn),
      {
        name: 'Plan',
        id: 'plan',
        env: VAULT_ENVIRONMENT(vaultAddress),
        run: [
          `${PLAN} ${stacks.join(' ')} --markdown "$GITHUB_STEP_SUMMARY" \\`,
          '  --out reviewed.json --outputs "$GITHUB_OUTPUT" || [ $? -ge 2 ]',
        ].join('\n'),
      },
      {
        name: 'Keep the change list',
        uses: ACTIONS.uploadArtifact,
        with: { name: `reviewed-${name}`, path: 'reviewed.json', 'if-no-files-found': 'error' },
      },
    ],
  };
}

function deployJob(
  vault: DeliveryWorkflowProps['vault'],
  { name, vaultAddress, aws, handOver }: DeliveryEnvironment,
): Job {
  return {
    needs: [`plan-${name}`],
    // Its reviewers approve what the plan's summary shows; its branch rule lets main alone deploy.
    environment: name,
    permissions: { contents: 'read', 'id-token': 'write', actions: 'read' },
    'timeout-minutes': 30,
    concurrency: { group: `deploy-${name}`, 'cancel-in-progress': false },
    steps: [
      ...CHECKED_OUT,
      {
        name: 'Fetch the change list',
        env: { GH_TOKEN: '${{ github.token }}' },
        run: `gh run download "$GITHUB_RUN_ID" --repo "$GITHUB_REPOSITORY" --name reviewed-${name}`,
      },
      ...signIn(vaultAddress, vault.deployRole, aws.region, aws.deployRoleArn),
      {
        name: 'Apply what was reviewed',
        env: { ...VAULT_ENVIRONMENT(vaultAddress), DIGESTS: `\${{ needs.plan-${name}.outputs.digests }}` },
        run: [
          'read -r -a digests <<< "$DIGESTS"',
          `${PORTCULLIS} deploy --changes reviewed.json --reviewed "\${digests[@]}"`,
        ].join('\n'),
      },
      ...(handOver ? [handOverStep(vaultAddress, handOver)] : []),
    ],
  };
}

/** The job's token is in no command line, and gone when the service starts. */
export function handOverStep(vaultAddress: string, { appRole, command }: HandOver): Step {
  return {
    name: 'Start the service with a login of its own',
    env: VAULT_ENVIRONMENT(vaultAddress),
    run: [
      'ask() { curl --silent --show-error --fail --max-time 30 --header @<(printf "X-Vault-Token: %s" "$VAULT_TOKEN") "$@"; }',
      `role="$VAULT_ADDR/v1/auth/approle/role/${appRole}"`,
      'VAULT_ROLE_ID=$(ask "$role/role-id" | jq --exit-status --raw-output .data.role_id)',
      'VAULT_WRAPPED_SECRET_ID=$(ask --request POST --header "X-Vault-Wrap-TTL: 120s" "$role/secret-id" \\',
      '  | jq --exit-status --raw-output .wrap_info.token)',
      'echo "::add-mask::$VAULT_WRAPPED_SECRET_ID"',
      'unset VAULT_TOKEN',
      'export VAULT_ROLE_ID VAULT_WRAPPED_SECRET_ID',
      command,
    ].join('\n'),
  };
}

/** With the job's own identity, at Vault and at AWS: no credential is kept in the repository. */
function signIn(address: string, role: string, region: string, roleArn: string): Step[] {
  return [
    vaultStep('Sign in to Vault', { address, role }, { outputToken: true }),
    {
      name: 'Sign in to AWS',
      uses: ACTIONS.awsCredentials,
      with: { 'aws-region': region, 'role-to-assume': roleArn },
    },
  ];
}

const VAULT_ENVIRONMENT = (address: string): Record<string, string> => ({
  VAULT_ADDR: address,
  VAULT_TOKEN: '${{ steps.vault.outputs.vault_token }}',
});
