/** `security.yml`: what is scanned when, and what becomes of the reports. Pure: properties in, a workflow out. */
import { ACTIONS } from '../workflow/actions';
import { forgetTokens, keepTokenFresh, seeThrough, type ProbeProps, type TokenRequest } from './scan-token';
import {
  CHECKED_OUT,
  HARDENED,
  PORTCULLIS,
  type Job,
  type Step,
  type Workflow,
  vaultStep,
} from '../workflow/workflow';

export interface SecurityWorkflowProps extends ProbeProps {
  /** When the full scan runs besides every deploy, in UTC. */
  readonly schedule: string;
  /** The least risk that fails. */
  readonly failOn: 'high' | 'medium';
  /** Path of the OpenAPI document below a target's origin. */
  readonly openApiPath: string;
  /** A client for each tier, whose own limits let a scanner through. */
  readonly tiers: readonly string[];
  readonly tokens: TokenRequest;
  readonly vault: { readonly address: string; readonly role: string; readonly secretPath: string };
}

/** Command that judges ZAP's report. */
const GATE = `${PORTCULLIS} zap-gate`;

const RUN_URL = '${{ github.server_url }}/${{ github.repository }}/actions/runs/${{ github.run_id }}';

const NOT_A_PULL_REQUEST = "github.event_name != 'pull_request'";

export function securityWorkflow(props: SecurityWorkflowProps): Workflow {
  return {
    name: 'security',
    // Two scanners at once would see each other's load: staging is scanned by one run after the other.
    concurrency: {
      group:
        "${{ github.event_name == 'pull_request' && format('security-{0}', github.ref) || 'security-staging' }}",
      'cancel-in-progress': "${{ github.event_name == 'pull_request' }}",
    },
    on: {
      pull_request: {},
      schedule: [{ cron: props.schedule }],
      // The deploy calls it, and the next environment waits for it.
      workflow_call: {
        inputs: {
          release: { description: 'What staging has to serve', type: 'string', required: true },
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
      'full-scan': {
        ...stagingJob(props, 'zap-full-report', {
          name: 'Scan in full',
          uses: ACTIONS.zapFullScan,
          with: { target: props.stagingUrl },
        }),
        needs: ['api-scan'],
        if: `\${{ !cancelled() && ${NOT_A_PULL_REQUEST} }}`,
      },
      reports: REPORTS_JOB,
    },
  };
}

/** The API with all that it needs, in the container of the repository's `compose.test.yml`. */
const COMPOSE = 'docker compose --file compose.test.yml';
const API_ON_RUNNER = 'http://localhost:3000';

/** Installs the gate's packages: the container mounts a volume where they are, and would make the folder root's. */
const PREPARE_GATE: Step = { name: 'Prepare the gate', run: `${GATE} --help > /dev/null` };

/** `--wait` is for the health check, inside; the scanner comes from outside. */
const START_API: Step = {
  name: 'Start the API',
  run: [
    `${COMPOSE} up --detach --wait --wait-timeout 900`,
    `curl --silent --show-error --fail --max-time 10 --output /dev/null ${API_ON_RUNNER}/readyz`,
  ].join('\n'),
};

const API_LOG: Step = {
  name: 'Show what the API said',
  if: '${{ failure() }}',
  run: `${COMPOSE} logs --no-color --tail 500`,
};

const STOP_API: Step = {
  name: 'Stop the API',
  if: '${{ always() }}',
  run: `${COMPOSE} down --volumes`,
};

/** On pull requests, of forks too: no credential, no write; it warns. */
function baselineJob({ failOn }: SecurityWorkflowProps): Job {
  const report = 'zap-baseline-report';
  return {
    if: "github.event_name == 'pull_request'",
    permissions: { contents: 'read' },
    'timeout-minutes': 30,
    steps: [
      ...CHECKED_OUT,
      PREPARE_GATE,
      START_API,
      {
        name: 'Scan passively',
        uses: ACTIONS.zapBaseline,
        with: {
          ...SCAN_OPTIONS,
          target: API_ON_RUNNER,
          rules_file_name: '.zap/baseline-rules.tsv',
          artifact_name: `${report}-by-zap`,
        },
      },
      {
        name: 'Judge by severity',
        if: '${{ !cancelled() }}',
        run: [
          `${GATE} report_json.json --target ${API_ON_RUNNER} --fail-on ${failOn} --allow-list .zap/allow-list.json \\`,
          '  --summary "$GITHUB_STEP_SUMMARY" ||',
          '  echo "::warning::the baseline scan did not pass: see the summary of this run"',
        ].join('\n'),
      },
      uploadReport(report),
      API_LOG,
      STOP_API,
    ],
  };
}

/** No issue is written, nothing fails by rule: the gate decides. */
const SCAN_OPTIONS = { fail_action: false, allow_issue_writing: false } as const;

/** A scan of staging, with a token of each tier; it fails by severity, and production waits for it. */
function stagingJob(props: SecurityWorkflowProps, report: string, scan: Step): Job {
  return {
    if: NOT_A_PULL_REQUEST,
    permissions: { contents: 'read', 'id-token': 'write', 'security-events': 'write' },
    'timeout-minutes': 180,
    strategy: { 'fail-fast': false, 'max-parallel': 1, matrix: { tier: props.tiers } },
    env: { STAGING_URL: props.stagingUrl, TIER: '${{ matrix.tier }}' },
    steps: [
      ...CHECKED_OUT,
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

/** One artifact a scan, whatever the number of tiers. */
const REPORTS_JOB: Job = {
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

const RELEASE = { RELEASE: '${{ inputs.release }}' };

/** What staging says it serves, or `nothing`. */
const SERVED =
  'served=$(curl --silent --fail --max-time 10 "$STAGING_URL/healthz" | jq --exit-status --raw-output .release) || served=nothing';

/** A scan of the predecessor would say nothing of what was just deployed. */
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

/** And one of the successor says nothing either. */
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
