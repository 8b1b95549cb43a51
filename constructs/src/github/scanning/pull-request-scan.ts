/** The job that scans a pull request: the API runs on the runner, and nothing needs a credential. */
import { ACTIONS } from '../workflow/actions';
import { PREPARED, type Job, type Step } from '../workflow/workflow';
import { GATE, SCAN_OPTIONS, uploadReport, ZAP_OPTIONS, type SecurityWorkflowProps } from './scan-job';
import { SEE_IMAGE } from './scan-target';

/** Runs the API and everything that it needs in the container of the repository's `compose.test.yml`. */
const COMPOSE = 'docker compose --file compose.test.yml';
const API_ON_RUNNER = 'http://localhost:3000';

/** `--wait` waits for the health check, which runs inside the container. The scanner comes from outside. */
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

/** Scans pull requests, those of forks too. It has no credential and no right to write, and it warns only. */
export function baselineJob({ failOn }: SecurityWorkflowProps): Job {
  const report = 'zap-baseline-report';
  return {
    if: "github.event_name == 'pull_request'",
    permissions: { contents: 'read' },
    'timeout-minutes': 30,
    steps: [
      ...PREPARED,
      SEE_IMAGE,
      START_API,
      {
        name: 'Scan passively',
        uses: ACTIONS.zapBaseline,
        with: {
          ...SCAN_OPTIONS,
          target: API_ON_RUNNER,
          rules_file_name: '.zap/baseline-rules.tsv',
          artifact_name: `${report}-by-zap`,
          cmd_options: ZAP_OPTIONS,
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
