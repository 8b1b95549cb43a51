/** The jobs that plan and deploy one environment. */
import { WRAPPING_SECONDS } from '../../vault';
import { ACTIONS } from '../workflow/actions';
import { PORTCULLIS } from '../workflow/repository-tools';
import { verifySteps } from '../workflow/verification';
import { PREPARED, SET_UP_OPENTOFU, type Job, type Step } from '../workflow/workflow';
import { succeeded, when } from './by-hand';
import { BREAK_GLASS, ROLLBACK } from './ways';
import { DIGEST, findGoodStep, noteServedStep, servedStep, verifyStep } from './image';
import { MINUTES } from './minutes';
import {
  IMAGE_DIGEST,
  PLAN,
  signInTo,
  vaultEnvironment,
  type DeliveredService,
  type DeliveryEnvironment,
  type DeliveryWorkflowProps,
  type HandOver,
} from './delivery';

/**
 * Output of a deploy's job: `true` once a break-glass deploy has its evidence, and so applies. The job may fail after that,
 * and what it applied is to be scanned all the same.
 */
export const APPLYING = 'applying';
const APPLIES = "${{ steps.evidence.outcome == 'success' || steps.evidence.outcome == 'failure' }}";

/** When a plan runs, and under which name. */
export interface PlanTurn {
  /** The environment's name, or another one where it is deployed a second time in a run. */
  readonly id: string;
  /** The jobs that it needs. */
  readonly needs: readonly string[];
  /** @default when all that it needs has succeeded */
  readonly if?: string;
}

export function planJob(
  { image, vault }: DeliveryWorkflowProps,
  environment: DeliveryEnvironment,
  { id, needs, if: condition }: PlanTurn,
): Job {
  const { stacks, vaultAddress, aws, service } = environment;
  return {
    ...(needs.length > 0 && { needs }),
    ...(condition !== undefined && { if: condition }),
    // A rollback asks whether the scan of what it finds has passed.
    permissions: { contents: 'read', 'id-token': 'write', ...(image && { actions: 'read' }) },
    'timeout-minutes': MINUTES.plan,
    outputs: {
      digests: '${{ steps.plan.outputs.digests }}',
      ...(image && {
        image: `\${{ ${NAMED} }}`,
        commit: '${{ steps.good.outputs.commit || github.sha }}',
      }),
    },
    steps: [
      ...PREPARED,
      SET_UP_OPENTOFU,
      ...signInTo(environment, vault.planRole, aws.planRoleArn),
      ...(image ? [findGoodStep(environment.name, service)] : []),
      {
        name: 'Plan',
        id: 'plan',
        env: { ...vaultEnvironment(vaultAddress), ...(image && { [IMAGE_DIGEST]: `\${{ ${NAMED} }}` }) },
        run: [
          `${PLAN} ${stacks.join(' ')} --markdown "$GITHUB_STEP_SUMMARY" \\`,
          '  --out reviewed.json --outputs "$GITHUB_OUTPUT" || [ $? -ge 2 ]',
        ].join('\n'),
      },
      {
        name: 'Keep the change list',
        uses: ACTIONS.uploadArtifact,
        with: { name: `reviewed-${id}`, path: 'reviewed.json', 'if-no-files-found': 'error' },
      },
    ],
  };
}

/** The image of a plan: what a rollback found, or what was built. */
const NAMED = `${ROLLBACK} && steps.good.outputs.digest || ${DIGEST}`;

export function deployJob(
  { environments, image, vault }: DeliveryWorkflowProps,
  environment: DeliveryEnvironment,
  id: string,
): Job {
  const { name, vaultAddress, aws, redis, handOver, service } = environment;
  const told = image ? { [IMAGE_DIGEST]: `\${{ needs.plan-${id}.outputs.image }}` } : {};
  const commit = { COMMIT: `\${{ needs.plan-${id}.outputs.commit }}` };
  const variables = {
    ...vaultEnvironment(vaultAddress),
    ...told,
    DIGESTS: `\${{ needs.plan-${id}.outputs.digests }}`,
  };
  return {
    needs: [`plan-${id}`],
    ...(image && { if: when(succeeded([`plan-${id}`])) }),
    // Reviewers of the environment approve what the plan's summary shows. Its branch rule lets main alone deploy.
    environment: name,
    permissions: {
      contents: 'read',
      'id-token': 'write',
      actions: 'read',
      ...(image && { attestations: 'read' }),
    },
    'timeout-minutes': MINUTES.deploy,
    ...(image && id === name && { outputs: { [APPLYING]: APPLIES } }),
    concurrency: {
      // A break-glass deploy waits for none that waits itself. The lock of the state keeps two applies apart.
      group: image ? `\${{ ${BREAK_GLASS} && 'break-glass' || 'deploy' }}-${name}` : `deploy-${name}`,
      'cancel-in-progress': false,
    },
    steps: [
      ...PREPARED,
      SET_UP_OPENTOFU,
      {
        name: 'Fetch the change list',
        env: { GH_TOKEN: '${{ github.token }}' },
        // Beside the checkout, whatever is in the artifact: what runs below is the repository's alone.
        run: `gh run download "$GITHUB_RUN_ID" --repo "$GITHUB_REPOSITORY" --name reviewed-${id} --dir "$RUNNER_TEMP/reviewed"`,
      },
      ...signInTo(environment, vault.deployRole, aws.deployRoleArn),
      ...(image ? [verifyStep(image, { ...told, ...commit })] : []),
      ...(image && id === name
        ? [{ ...applyStep(variables), if: `!(${BREAK_GLASS})` }, ...breakGlassSteps(name, variables)]
        : [applyStep(variables)]),
      ...(redis ? [sweepStep(vaultAddress, redis)] : []),
      ...(handOver ? [handOverStep(vaultAddress, handOver)] : []),
      ...(image && service
        ? [
            servedStep(service, told[IMAGE_DIGEST] ?? ''),
            noteServedStep(service, unscanned(environments, environment), { ...told, ...commit }),
          ]
        : []),
    ],
  };
}

/** It holds no credential. What ran before, which a rollback brings back, has the policy of then. */
export function verifyJob(
  { name }: DeliveryEnvironment,
  { url }: DeliveredService,
  canRollBack: boolean,
): Job {
  const needs = [`deploy-${name}`];
  return {
    needs,
    ...(canRollBack && { if: when(`!(${ROLLBACK}) && ${succeeded(needs)}`) }),
    permissions: { contents: 'read', 'security-events': 'write' },
    'timeout-minutes': MINUTES.verify,
    steps: [
      ...PREPARED,
      ...verifySteps({ url: '$SERVICE_URL', environment: name, readOnly: true, env: { SERVICE_URL: url } }),
    ],
  };
}

/** When an environment serves an image that is scanned afterwards. Undefined where no environment is scanned. */
function unscanned(
  environments: readonly DeliveryEnvironment[],
  environment: DeliveryEnvironment,
): string | undefined {
  const scan = environments.findLastIndex(({ scanned }) => scanned);
  if (scan < 0) return undefined;
  return environments.indexOf(environment) > scan ? BREAK_GLASS : `!(${ROLLBACK})`;
}

const REVIEWED = '--changes "$RUNNER_TEMP/reviewed/reviewed.json" --reviewed "${digests[@]}"';

function applyStep(env: Readonly<Record<string, string>>): Step {
  return {
    name: 'Apply what was reviewed',
    env,
    run: ['read -r -a digests <<< "$DIGESTS"', `${PORTCULLIS} deploy ${REVIEWED}`].join('\n'),
  };
}

/**
 * Applies what was reviewed as a break-glass deploy: the command asks GitHub for a second person, and leaves evidence
 * whatever comes of it.
 */
function breakGlassSteps(name: string, env: Readonly<Record<string, string>>): Step[] {
  return [
    {
      name: 'Apply what was reviewed, unscanned',
      if: BREAK_GLASS,
      env: { ...env, REASON: '${{ inputs.reason }}', GH_TOKEN: '${{ github.token }}' },
      run: [
        'read -r -a digests <<< "$DIGESTS"',
        `${PORTCULLIS} deploy --break-glass --environment ${name} --reason "$REASON" --evidence evidence.json \\`,
        `  ${REVIEWED}`,
      ].join('\n'),
    },
    {
      name: 'Keep the evidence',
      id: 'evidence',
      if: `\${{ always() && ${BREAK_GLASS} && hashFiles('evidence.json') != '' }}`,
      uses: ACTIONS.uploadArtifact,
      with: { name: `break-glass-${name}`, path: 'evidence.json', 'if-no-files-found': 'error' },
    },
  ];
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
