/** The job that scans a pull request: the API runs on the runner, and nothing needs a credential. */
import { ACTIONS } from '../workflow/actions';
import { PREPARED, type Job } from '../workflow/workflow';
import { startApi } from './api-on-runner';
import { GATE, SCAN_OPTIONS, uploadReport, ZAP_OPTIONS, type SecurityWorkflowProps } from './scan-job';
import { SEE_IMAGE } from './scan-target';

/** Scans pull requests, those of forks too. It has no credential and no right to write, and it warns only. */
export function baselineJob({ failOn, api }: SecurityWorkflowProps): Job {
  const { url, start, end } = startApi(api);
  const report = 'zap-baseline-report';
  return {
    if: "github.event_name == 'pull_request'",
    permissions: { contents: 'read' },
    'timeout-minutes': 30,
    steps: [
      ...PREPARED,
      SEE_IMAGE,
      start,
      {
        name: 'Scan passively',
        uses: ACTIONS.zapBaseline,
        with: {
          ...SCAN_OPTIONS,
          target: url,
          rules_file_name: '.zap/baseline-rules.tsv',
          artifact_name: `${report}-by-zap`,
          cmd_options: ZAP_OPTIONS,
        },
      },
      {
        name: 'Judge by severity',
        if: '${{ !cancelled() }}',
        run: [
          `${GATE} report_json.json --target ${url} --fail-on ${failOn} --allow-list .zap/allow-list.json \\`,
          '  --summary "$GITHUB_STEP_SUMMARY" ||',
          '  echo "::warning::the baseline scan did not pass: see the summary of this run"',
        ].join('\n'),
      },
      uploadReport(report),
      ...end,
    ],
  };
}
