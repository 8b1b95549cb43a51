/** `security.yml`: what is scanned when, and what becomes of the reports. Pure: properties in, a workflow out. */
import { ACTIONS } from './actions';
import { CHECKED_OUT, type Job, type Step, type Workflow, vaultStep } from './workflow';

export interface SecurityWorkflowProps {
  /** Command that starts the API and its dependencies on the runner, and the URL at which it then answers. */
  readonly application: { readonly start: string; readonly url: string };
  readonly stagingUrl: string;
  /** When the full scan runs besides every deploy, in UTC. */
  readonly schedule: string;
  /** The least risk that fails. */
  readonly failOn: 'high' | 'medium';
  /** Path of the OpenAPI document below a target's origin. */
  readonly openApiPath: string;
  /** A client for each tier, whose limits let a scanner through. */
  readonly tiers: readonly string[];
  readonly tokenUrl: string;
  readonly vault: { readonly address: string; readonly role: string; readonly secretPath: string };
}

/** Command that judges ZAP's report. */
const GATE = 'npm run --silent portcullis -- zap-gate';

/** File on the runner that holds the token of the moment; ZAP sees the checkout as /zap/wrk. */
const TOKEN_FILE = '.zap/run/token';

const RUN_URL = '${{ github.server_url }}/${{ github.repository }}/actions/runs/${{ github.run_id }}';

export function securityWorkflow(props: SecurityWorkflowProps): Workflow {
  return {
    name: 'security',
    on: {
      pull_request: {},
      schedule: [{ cron: props.schedule }],
      // The deploy calls it, and the next environment waits for it.
      workflow_call: {
        inputs: {
          release: { description: 'The commit that staging has to serve', type: 'string', required: true },
        },
      },
    },
    jobs: {
      baseline: baselineJob(props),
      'api-scan': stagingJob(props, 'zap-api-report', {
        name: 'Scan the API from its OpenAPI document',
        uses: ACTIONS.zapApiScan,
        with: { target: new URL(props.openApiPath, props.stagingUrl).href, format: 'openapi' },
      }),
      'full-scan': stagingJob(props, 'zap-full-report', {
        name: 'Scan in full',
        uses: ACTIONS.zapFullScan,
        with: { target: props.stagingUrl },
      }),
    },
  };
}

/** On pull requests, of forks too: no credential, no write; it warns. */
function baselineJob({ application, failOn }: SecurityWorkflowProps): Job {
  const report = 'zap-baseline-report';
  return {
    if: "github.event_name == 'pull_request'",
    permissions: { contents: 'read' },
    'timeout-minutes': 30,
    concurrency: { group: 'zap-baseline-${{ github.ref }}', 'cancel-in-progress': true },
    steps: [
      ...CHECKED_OUT,
      { name: 'Start the API', run: application.start },
      {
        name: 'Scan passively',
        uses: ACTIONS.zapBaseline,
        with: {
          ...SCAN_OPTIONS,
          target: application.url,
          rules_file_name: '.zap/baseline-rules.tsv',
          artifact_name: `${report}-by-zap`,
        },
      },
      {
        name: 'Judge by severity',
        if: '${{ !cancelled() }}',
        env: { TARGET: application.url },
        run: [
          `${GATE} report_json.json --target "$TARGET" --fail-on ${failOn} --allow-list .zap/allow-list.json \\`,
          '  --summary "$GITHUB_STEP_SUMMARY" ||',
          '  echo "::warning::the baseline scan did not pass: see the summary of this run"',
        ].join('\n'),
      },
      uploadReport(report),
    ],
  };
}

/** No issue is written, nothing fails by rule: the gate decides. */
const SCAN_OPTIONS = { fail_action: false, allow_issue_writing: false } as const;

/** A scan of staging, with a token of each tier; it fails by severity, and production waits for it. */
function stagingJob(props: SecurityWorkflowProps, report: string, scan: Step): Job {
  return {
    if: "github.event_name != 'pull_request'",
    permissions: { contents: 'read', 'id-token': 'write', 'security-events': 'write' },
    'timeout-minutes': 180,
    // One after the other: two scanners at once would see each other's load.
    concurrency: { group: `${report}-staging-\${{ matrix.tier }}`, 'cancel-in-progress': false },
    strategy: { 'fail-fast': false, 'max-parallel': 1, matrix: { tier: props.tiers } },
    env: { STAGING_URL: props.stagingUrl },
    steps: [
      ...CHECKED_OUT,
      readSecrets(props.vault),
      WAIT_FOR_RELEASE,
      keepTokenFresh(props.tokenUrl),
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
      {
        name: 'Judge by severity',
        id: 'gate',
        if: '${{ !cancelled() }}',
        run: [
          `${GATE} report_json.json --target "$STAGING_URL" --fail-on ${props.failOn} \\`,
          '  --allow-list .zap/allow-list.json --sarif zap.sarif \\',
          '  --summary "$GITHUB_STEP_SUMMARY" --outputs "$GITHUB_OUTPUT"',
        ].join('\n'),
      },
      uploadReport(`${report}-\${{ matrix.tier }}`),
      UPLOAD_SARIF,
      ALERT,
    ],
  };
}

/** What a scan needs: where to alert, and a client of the tier. */
function readSecrets({ address, role, secretPath }: SecurityWorkflowProps['vault']): Step {
  const secret = (field: string, name: string): string => `${secretPath} ${field} | ${name} ;`;
  const secrets = [
    secret('slack_webhook', 'slack_webhook'),
    secret('${{ matrix.tier }}_client_id', 'client_id'),
    secret('${{ matrix.tier }}_client_secret', 'client_secret'),
  ];
  return vaultStep('Read secrets from Vault', { address, role }, { secrets: secrets.join('\n') });
}

/** A scan of the predecessor would say nothing of what was just deployed. */
const WAIT_FOR_RELEASE: Step = {
  name: 'Wait until staging serves the release',
  if: "inputs.release != ''",
  env: { RELEASE: '${{ inputs.release }}' },
  run: [
    'for _ in $(seq 60); do',
    '  served=$(curl --silent --fail --max-time 10 "$STAGING_URL/healthz" | jq --raw-output .release) || served=nothing',
    '  if [ "$served" = "$RELEASE" ]; then exit 0; fi',
    '  sleep 10',
    'done',
    'echo "::error::staging serves ${served}, not ${RELEASE}"',
    'exit 1',
  ].join('\n'),
};

/** A scan outlives many access tokens. */
function keepTokenFresh(tokenUrl: string): Step {
  return {
    name: 'Keep an access token fresh',
    env: {
      CLIENT_ID: '${{ steps.vault.outputs.client_id }}',
      CLIENT_SECRET: '${{ steps.vault.outputs.client_secret }}',
      TOKEN_URL: tokenUrl,
    },
    run: [
      `mkdir -p ${TOKEN_FILE.slice(0, TOKEN_FILE.lastIndexOf('/'))}`,
      'renew() {',
      '  token=$(curl --silent --fail --max-time 30 --user "$CLIENT_ID:$CLIENT_SECRET" \\',
      '    --data grant_type=client_credentials "$TOKEN_URL" | jq --raw-output .access_token) || return 1',
      '  echo "::add-mask::$token"',
      `  printf %s "$token" > ${TOKEN_FILE}.next && mv ${TOKEN_FILE}.next ${TOKEN_FILE}`,
      '}',
      'renew',
      '(while sleep 300; do renew || true; done) > /dev/null 2>&1 &',
    ].join('\n'),
  };
}

function uploadReport(name: string): Step {
  return {
    name: 'Keep the reports, of clean scans too',
    if: '${{ !cancelled() }}',
    uses: ACTIONS.uploadArtifact,
    with: { name, path: 'report_*', 'if-no-files-found': 'error' },
  };
}

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

/** Counts and a link, nothing of what was found. */
const ALERT: Step = {
  name: 'Alert',
  if: "${{ failure() && steps.vault.outputs.slack_webhook != '' }}",
  uses: ACTIONS.slack,
  with: {
    webhook: '${{ steps.vault.outputs.slack_webhook }}',
    'webhook-type': 'incoming-webhook',
    payload: [
      `text: "ZAP (\${{ matrix.tier }}): \${{ steps.gate.outputs.headline || 'the scan did not finish' }}. ${RUN_URL}"`,
      '',
    ].join('\n'),
  },
};
