/** `deploy.yml`: deploys of nothing but what was reviewed. */
import { WRAPPING_SECONDS } from '../../vault';
import { ACTIONS } from '../workflow/actions';
import {
  PORTCULLIS,
  PREPARED,
  SET_UP_OPENTOFU,
  type Job,
  type Step,
  type Workflow,
} from '../workflow/workflow';
import {
  PLAN,
  signInTo,
  vaultEnvironment,
  type DeliveryEnvironment,
  type DeliveryWorkflowProps,
  type HandOver,
} from './delivery';

/**
 * For each environment in turn: plans with the role that can only read; waits for the environment's reviewers, who see
 * that plan; plans again, and applies the plan if it is the one that they saw; scans.
 *
 * @example
 * const yaml = renderWorkflow(deployWorkflow(delivery));
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
      // The jobs of the called workflow can have no more than this.
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
  environment: DeliveryEnvironment,
  before: readonly string[],
): Job {
  const { name, stacks, vaultAddress, aws } = environment;
  return {
    ...(before.length > 0 && { needs: before }),
    permissions: { contents: 'read', 'id-token': 'write' },
    'timeout-minutes': 30,
    outputs: { digests: '${{ steps.plan.outputs.digests }}' },
    steps: [
      ...PREPARED,
      SET_UP_OPENTOFU,
      ...signInTo(environment, vault.planRole, aws.planRoleArn),
      {
        name: 'Plan',
        id: 'plan',
        env: vaultEnvironment(vaultAddress),
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

function deployJob(vault: DeliveryWorkflowProps['vault'], environment: DeliveryEnvironment): Job {
  const { name, vaultAddress, aws, redis, handOver } = environment;
  return {
    needs: [`plan-${name}`],
    // Reviewers of the environment approve what the plan's summary shows. Its branch rule lets main alone deploy.
    environment: name,
    permissions: { contents: 'read', 'id-token': 'write', actions: 'read' },
    'timeout-minutes': 30,
    concurrency: { group: `deploy-${name}`, 'cancel-in-progress': false },
    steps: [
      ...PREPARED,
      SET_UP_OPENTOFU,
      {
        name: 'Fetch the change list',
        env: { GH_TOKEN: '${{ github.token }}' },
        // Beside the checkout, whatever is in the artifact: what runs below is the repository's alone.
        run: `gh run download "$GITHUB_RUN_ID" --repo "$GITHUB_REPOSITORY" --name reviewed-${name} --dir "$RUNNER_TEMP/reviewed"`,
      },
      ...signInTo(environment, vault.deployRole, aws.deployRoleArn),
      {
        name: 'Apply what was reviewed',
        env: { ...vaultEnvironment(vaultAddress), DIGESTS: `\${{ needs.plan-${name}.outputs.digests }}` },
        run: [
          'read -r -a digests <<< "$DIGESTS"',
          `${PORTCULLIS} deploy --changes "$RUNNER_TEMP/reviewed/reviewed.json" --reviewed "\${digests[@]}"`,
        ].join('\n'),
      },
      ...(redis ? [sweepStep(vaultAddress, redis)] : []),
      ...(handOver ? [handOverStep(vaultAddress, handOver)] : []),
    ],
  };
}

/** A restart of Redis brings back the users of its ACL file, those too whose lease has ended. */
export function sweepStep(vaultAddress: string, redis: NonNullable<DeliveryEnvironment['redis']>): Step {
  const { host, port } = redis;
  return {
    name: 'Remove users of Redis without a lease',
    env: { ...vaultEnvironment(vaultAddress), REDIS_HOST: host, REDIS_PORT: String(port) },
    run: `${PORTCULLIS} secrets sweep-redis`,
  };
}

/** Mints a wrapped login and starts the service. The job's token is in no command line, and gone by then. */
export function handOverStep(vaultAddress: string, { appRole, command }: HandOver): Step {
  return {
    name: 'Start the service with a login of its own',
    env: vaultEnvironment(vaultAddress),
    run: [
      'ask() { curl --silent --show-error --fail --max-time 30 --header @<(printf "X-Vault-Token: %s" "$VAULT_TOKEN") "$@"; }',
      `role="$VAULT_ADDR/v1/auth/approle/role/${appRole}"`,
      'VAULT_ROLE_ID=$(ask "$role/role-id" | jq --exit-status --raw-output .data.role_id)',
      `VAULT_WRAPPED_SECRET_ID=$(ask --request POST --header "X-Vault-Wrap-TTL: ${WRAPPING_SECONDS.max}s" "$role/secret-id" \\`,
      '  | jq --exit-status --raw-output .wrap_info.token)',
      'echo "::add-mask::$VAULT_WRAPPED_SECRET_ID"',
      'unset VAULT_TOKEN',
      'export VAULT_ROLE_ID VAULT_WRAPPED_SECRET_ID',
      command,
    ].join('\n'),
  };
}
