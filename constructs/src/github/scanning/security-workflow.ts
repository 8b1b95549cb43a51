/** `security.yml`: what is scanned when. Pure: properties in, a workflow out. */
import { ACTIONS } from '../workflow/actions';
import type { Workflow } from '../workflow/workflow';
import { baselineJob } from './pull-request-scan';
import type { SecurityWorkflowProps } from './scan-job';
import { NOT_A_PULL_REQUEST, REPORTS_JOB, stagingJob } from './staging-scan';

export function securityWorkflow(props: SecurityWorkflowProps): Workflow {
  return {
    name: 'security',
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
