/** `security.yml`: what is scanned when. Pure: properties in, a workflow out. */
import type { Workflow } from '../workflow/workflow';
import { baselineJob } from './pull-request-scan';
import type { SecurityWorkflowProps } from './scan-job';
import { fullScanJob, REPORTS_JOB } from './staging-scan';

/** Name of the check that is the scan of a pull request. */
export const BASELINE_CHECK = 'baseline-scan';

export function securityWorkflow(props: SecurityWorkflowProps): Workflow {
  return {
    name: 'Security Scan',
    tools: props.tools,
    // Two scanners at once would see each other's load: runs that scan staging wait for each other.
    concurrency: {
      group:
        "${{ github.event_name == 'pull_request' && format('security-{0}', github.ref) || 'security-staging' }}",
      'cancel-in-progress': "${{ github.event_name == 'pull_request' }}",
    },
    on: {
      pull_request: {},
      schedule: [{ cron: props.schedule }],
      // The workflow of deploys calls it, and the next environment waits for it.
      workflow_call: {
        inputs: {
          release: { description: 'What staging has to serve', type: 'string', required: true },
        },
      },
    },
    jobs: {
      [BASELINE_CHECK]: baselineJob(props),
      'full-scan': fullScanJob(props),
      reports: REPORTS_JOB,
    },
  };
}
