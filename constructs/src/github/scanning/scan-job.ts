/** What every job that scans is made from. */
import { ACTIONS } from '../workflow/actions';
import { PORTCULLIS, type Step } from '../workflow/workflow';
import type { ProbeProps, TokenRequest } from './scan-token';

export interface SecurityWorkflowProps extends ProbeProps {
  /** When staging is scanned besides after a deploy: cron, in UTC. */
  readonly schedule: string;
  /** The least risk that fails a scan. */
  readonly failOn: 'high' | 'medium';
  /** Path of the OpenAPI document below a target's origin. */
  readonly openApiPath: string;
  /** Names of the tiers. Each has a client of its own, whose limits let a scanner through. */
  readonly tiers: readonly string[];
  readonly tokens: TokenRequest;
  readonly vault: { readonly address: string; readonly role: string; readonly secretPath: string };
}

/** Command that judges ZAP's report. */
export const GATE = `${PORTCULLIS} zap-gate`;

/** The action writes no issue, and no rule fails the job: the gate decides. */
export const SCAN_OPTIONS = { fail_action: false, allow_issue_writing: false } as const;

/** Keeps ZAP's reports as an artifact of the run. */
export function uploadReport(name: string): Step {
  return {
    name: 'Keep the reports, of clean scans too',
    if: '${{ !cancelled() }}',
    uses: ACTIONS.uploadArtifact,
    with: { name, path: 'report_*', 'if-no-files-found': 'error' },
  };
}
