/** The jobs that scan staging, as each tier. */
import { ACTIONS } from '../workflow/actions';
import { PREPARED, HARDENED, type Job, type Step, vaultStep } from '../workflow/workflow';
import { GATE, SCAN_OPTIONS, uploadReport, type SecurityWorkflowProps } from './scan-job';
import { forgetTokens, keepTokenFresh, seeThrough } from './scan-token';

const RUN_URL = '${{ github.server_url }}/${{ github.repository }}/actions/runs/${{ github.run_id }}';

/** Condition of every job but the one for pull requests. */
export const NOT_A_PULL_REQUEST = "github.event_name != 'pull_request'";

/** A scan of staging, with a token of each tier. It fails by severity, and production waits for it. */
export function stagingJob(props: SecurityWorkflowProps, report: string, scan: Step): Job {
  return {
    if: NOT_A_PULL_REQUEST,
    permissions: { contents: 'read', 'id-token': 'write', 'security-events': 'write' },
    'timeout-minutes': 180,
    strategy: { 'fail-fast': false, 'max-parallel': 1, matrix: { tier: props.tiers } },
    env: { STAGING_URL: props.stagingUrl, TIER: '${{ matrix.tier }}' },
    steps: [
      ...PREPARED,
      readSecrets(props.vault),
      WAIT_FOR_RELEASE,
      keepTokenFresh(props.tokens),
      seeThrough(props),
      {
        ...scan,
        with: {
          ...SCAN_OPTIONS,
          ...scan.with,
          rules_file_name: '.zap/full-scan-rules.tsv',
          artifact_name: `${report}-\${{ matrix.tier }}-by-zap`,
          cmd_options: '-a --hook=/zap/wrk/.zap/bearer-hook.py',
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
          `  --allow-list .zap/allow-list.json --sarif zap.sarif --category "${report}/\${TIER}" \\`,
          '  --summary "$GITHUB_STEP_SUMMARY" --outputs "$GITHUB_OUTPUT"',
        ].join('\n'),
      },
      uploadReport(`${report}-of-\${{ matrix.tier }}`),
      UPLOAD_SARIF,
      alert(report),
    ],
  };
}

/** Merges the reports, so that each scan has one artifact for all tiers. */
export const REPORTS_JOB: Job = {
  needs: ['api-scan', 'full-scan'],
  if: `\${{ !cancelled() && ${NOT_A_PULL_REQUEST} }}`,
  permissions: {},
  'timeout-minutes': 15,
  strategy: { 'fail-fast': false, matrix: { report: ['zap-api-report', 'zap-full-report'] } },
  steps: [
    HARDENED,
    {
      name: 'Put the reports of all tiers together',
      uses: ACTIONS.mergeArtifacts,
      with: {
        name: '${{ matrix.report }}',
        pattern: '${{ matrix.report }}-of-*',
        'separate-directories': true,
        'delete-merged': true,
      },
    },
  ],
};

/** Reads what a scan needs: where to alert, and the credentials of the tier's client. */
function readSecrets({ address, role, secretPath }: SecurityWorkflowProps['vault']): Step {
  const secret = (field: string, name: string): string => `${secretPath} ${field} | ${name} ;`;
  const secrets = [
    secret('slack_webhook', 'slack_webhook'),
    secret('${{ matrix.tier }}_client_id', 'client_id'),
    secret('${{ matrix.tier }}_client_secret', 'client_secret'),
  ];
  return vaultStep('Read secrets from Vault', { address, role }, { secrets: secrets.join('\n') });
}

const RELEASE = { RELEASE: '${{ inputs.release }}' };

/** The release that staging says it serves, or `nothing`. */
const SERVED =
  'served=$(curl --silent --fail --max-time 10 "$STAGING_URL/healthz" | jq --exit-status --raw-output .release) || served=nothing';

/** A scan of the release before would say nothing about what was just deployed. */
const WAIT_FOR_RELEASE: Step = {
  name: 'Wait until staging serves the release',
  if: "inputs.release != ''",
  env: RELEASE,
  run: [
    'for _ in $(seq 60); do',
    `  ${SERVED}`,
    '  if [ "$served" = "$RELEASE" ]; then exit 0; fi',
    '  sleep 10',
    'done',
    'echo "::error::staging serves ${served}, not ${RELEASE}"',
    'exit 1',
  ].join('\n'),
};

/** Nor would a scan of the release after it. */
const STILL_THAT_RELEASE: Step = {
  name: 'See that staging serves it still',
  id: 'served',
  if: "${{ !cancelled() && inputs.release != '' }}",
  env: RELEASE,
  run: [
    SERVED,
    '[ "$served" = "$RELEASE" ] || { echo "::error::staging served ${served} before the scan had ended"; exit 1; }',
  ].join('\n'),
};

const UPLOAD_SARIF: Step = {
  name: 'Show the findings in code scanning',
  if: "${{ !cancelled() && hashFiles('zap.sarif') != '' }}",
  env: { GH_TOKEN: '${{ github.token }}' },
  run: [
    'gzip --stdout zap.sarif | base64 --wrap=0 > zap.sarif.gz.base64',
    'gh api --method POST "/repos/$GITHUB_REPOSITORY/code-scanning/sarifs" \\',
    '  --field commit_sha="$GITHUB_SHA" --field ref="$GITHUB_REF" --field sarif=@zap.sarif.gz.base64',
  ].join('\n'),
};

/** Tells how many findings there are, with a link to the run. It shows none of them. */
function alert(report: string): Step {
  const said = [
    "steps.served.outcome == 'failure' && 'staging was deployed anew before the scan had ended'",
    'steps.gate.outputs.headline',
    "'the scan did not finish'",
  ];
  return {
    name: 'Alert',
    if: "${{ failure() && steps.vault.outputs.slack_webhook != '' }}",
    uses: ACTIONS.slack,
    with: {
      webhook: '${{ steps.vault.outputs.slack_webhook }}',
      'webhook-type': 'incoming-webhook',
      payload: `text: "${report} (\${{ matrix.tier }}): \${{ ${said.join(' || ')} }}. ${RUN_URL}"\n`,
    },
  };
}
