/** The job that scans staging, and what it keeps. */
import { ACTIONS } from '../workflow/actions';
import { PREPARED, HARDENED, type Job, type Step, vaultStep } from '../workflow/workflow';
import { GATE, SCAN_OPTIONS, uploadReport, ZAP_OPTIONS, type SecurityWorkflowProps } from './scan-job';
import { MINUTES } from '../delivery/minutes';
import { askRelease, waitForRelease } from '../workflow/release';
import { uploadSarif } from '../workflow/sarif';
import { verifySteps } from '../workflow/verification';
import { SEE_IMAGE, seeTarget, STAGING_URL } from './scan-target';
import { forgetTokens, keepTokenFresh, seeThrough } from './scan-token';

const RUN_URL = '${{ github.server_url }}/${{ github.repository }}/actions/runs/${{ github.run_id }}';

const REPORT = 'zap-full-report';

/** How long each tier's scan may take in a run on schedule. */
const SCHEDULED_MINUTES = 180;

const NOT_A_PULL_REQUEST = "github.event_name != 'pull_request'";

/**
 * Scans staging in full, with a token of a tier. It fails by severity, and production waits for it. A deploy is scanned
 * once, as the tier that is let do most; a run on schedule scans as each tier, one after the other.
 */
export function fullScanJob(props: SecurityWorkflowProps): Job {
  return {
    if: NOT_A_PULL_REQUEST,
    environment: props.environment,
    permissions: { contents: 'read', 'id-token': 'write', 'security-events': 'write' },
    // A deploy waits for it, a run on schedule may take its time.
    'timeout-minutes': `\${{ inputs.release != '' && ${MINUTES.scan} || ${SCHEDULED_MINUTES} }}`,
    strategy: { 'fail-fast': false, 'max-parallel': 1, matrix: { tier: tiersToScan(props) } },
    env: { STAGING_URL, TIER: '${{ matrix.tier }}' },
    steps: [
      ...PREPARED,
      SEE_IMAGE,
      seeTarget(props.productionUrl, props.environment),
      readSecrets(props),
      WAIT_FOR_RELEASE,
      ...verification(props),
      keepTokenFresh(props.tokens),
      seeThrough(props),
      {
        name: 'Scan in full',
        uses: ACTIONS.zapFullScan,
        with: {
          ...SCAN_OPTIONS,
          target: STAGING_URL,
          rules_file_name: '.zap/full-scan-rules.tsv',
          artifact_name: `${REPORT}-\${{ matrix.tier }}-by-zap`,
          cmd_options: `${ZAP_OPTIONS} --hook=/zap/wrk/.zap/bearer-hook.py`,
        },
      },
      forgetTokens(),
      STILL_THAT_RELEASE,
      {
        name: 'Judge by severity',
        id: 'gate',
        if: '${{ !cancelled() }}',
        run: [
          `${GATE} report_json.json --target "$STAGING_URL" --fail-on ${props.failOn} \\`,
          `  --allow-list .zap/allow-list.json --sarif zap.sarif --category "${REPORT}/\${TIER}" \\`,
          '  --summary "$GITHUB_STEP_SUMMARY" --outputs "$GITHUB_OUTPUT"',
        ].join('\n'),
      },
      uploadReport(`${REPORT}-of-\${{ matrix.tier }}`),
      uploadSarif('Show the findings in code scanning', 'zap.sarif'),
      alert(props),
    ],
  };
}

/** A called workflow has the event of its caller. That it was called shows in its input. */
function tiersToScan({ tiers, largestTier }: SecurityWorkflowProps): string {
  const [one, all] = [[largestTier], tiers].map((names) => JSON.stringify(names));
  return `\${{ fromJSON(inputs.release != '' && '${one}' || '${all}') }}`;
}

/** Merges the reports, so that there is one artifact for all tiers. */
export const REPORTS_JOB: Job = {
  needs: ['full-scan'],
  if: `\${{ !cancelled() && ${NOT_A_PULL_REQUEST} }}`,
  permissions: {},
  'timeout-minutes': MINUTES.reports,
  steps: [
    HARDENED,
    {
      name: 'Put the reports of all tiers together',
      uses: ACTIONS.mergeArtifacts,
      with: {
        name: REPORT,
        pattern: `${REPORT}-of-*`,
        'separate-directories': true,
        'delete-merged': true,
      },
    },
  ],
};

/** Reads what a scan needs: where to alert, and the credentials of the tier's client. */
function readSecrets({ vault, verify }: SecurityWorkflowProps): Step {
  const { address, role, secretPath } = vault;
  const secret = (field: string, name: string): string => `${secretPath} ${field} | ${name} ;`;
  const secrets = [
    secret('slack_webhook', 'slack_webhook'),
    secret('${{ matrix.tier }}_client_id', 'client_id'),
    secret('${{ matrix.tier }}_client_secret', 'client_secret'),
    ...Object.values(verify ?? {}).map((field) => secret(field, field)),
  ];
  return vaultStep('Read secrets from Vault', { address, role }, { secrets: secrets.join('\n') });
}

/** What was just deployed is held against its policy once, before a scanner floods it. */
function verification({ verify, environment }: SecurityWorkflowProps): Step[] {
  if (verify === undefined) return [];
  return verifySteps({
    ...{ url: '$STAGING_URL', environment },
    if: "inputs.release != ''",
    env: Object.fromEntries(
      Object.entries(verify).map(([variable, field]) => [variable, `\${{ steps.vault.outputs.${field} }}`]),
    ),
  });
}

const RELEASE = { RELEASE: '${{ inputs.release }}' };

/** A scan of the release before would say nothing about what was just deployed. */
const WAIT_FOR_RELEASE: Step = {
  name: 'Wait until staging serves the release',
  if: "inputs.release != ''",
  env: RELEASE,
  // A deploy waits for it too, where it knows the service's address.
  run: waitForRelease('$STAGING_URL', { tries: 60, name: 'staging' }),
};

/** Nor would a scan of the release after it. */
const STILL_THAT_RELEASE: Step = {
  name: 'See that staging serves it still',
  id: 'served',
  if: "${{ !cancelled() && inputs.release != '' }}",
  env: RELEASE,
  run: [
    askRelease('$STAGING_URL'),
    '[ "$served" = "$RELEASE" ] || { echo "::error::staging served ${served@Q} before the scan had ended"; exit 1; }',
  ].join('\n'),
};

const CRITICAL = '🚨 OWASP ZAP found critical vulnerabilities in staging. Check the security scan report.';

const HEADING = `steps.gate.outputs.failing_high > 0 && '${CRITICAL}' || 'The security scan of staging did not pass.'`;

/** Tells how many findings there are, with a link to the run. It shows none of them. */
function alert({ verify }: SecurityWorkflowProps): Step {
  const details = [
    "steps.served.outcome == 'failure' && 'staging was deployed anew before the scan had ended'",
    // GitHub takes no expression about a step that is not there.
    ...(verify === undefined
      ? []
      : ["steps.verify.outcome == 'failure' && 'staging does not answer as its policy says'"]),
    'steps.gate.outputs.headline',
    "'the scan did not finish'",
  ].join(' || ');
  return {
    name: 'Alert',
    if: "${{ failure() && steps.vault.outputs.slack_webhook != '' }}",
    uses: ACTIONS.slack,
    with: {
      webhook: '${{ steps.vault.outputs.slack_webhook }}',
      'webhook-type': 'incoming-webhook',
      payload: `text: "\${{ ${HEADING} }} \${{ matrix.tier }}: \${{ ${details} }}. ${RUN_URL}"\n`,
    },
  };
}
