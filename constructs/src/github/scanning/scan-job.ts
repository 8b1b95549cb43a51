/** What every job that scans is made from. */
import { ACTIONS } from '../workflow/actions';
import type { RepositoryTools } from '../workflow/repository-tools';
import { PORTCULLIS } from '../workflow/repository-tools';
import type { Step } from '../workflow/workflow';
import type { ApiOnRunner } from './api-on-runner';
import { ZAP_IMAGE } from './scan-target';
import type { SecurityScanningProps } from './props';
import type { ProbeProps, TokenRequest } from './scan-token';

export interface SecurityWorkflowProps extends ProbeProps {
  /** When staging is scanned besides after a deploy: cron, in UTC. */
  readonly schedule: string;
  /** The least risk that fails a scan. */
  readonly failOn: 'high' | 'medium';
  /** The repository's environment that is scanned in full. */
  readonly environment: string;
  /** How the job of a pull request starts the API. */
  readonly api: ApiOnRunner | undefined;
  readonly tools: RepositoryTools | undefined;
  /** Origin of production, which no scan may have for its target. */
  readonly productionUrl: string;
  /** Names of the tiers. Each has a client of its own, whose limits let a scanner through. */
  readonly tiers: readonly string[];
  /** The tier that a deploy is scanned as. */
  readonly largestTier: string;
  readonly tokens: TokenRequest;
  readonly vault: { readonly address: string; readonly role: string; readonly secretPath: string };
  readonly verify: SecurityScanningProps['verify'];
}

/** Command that judges ZAP's report. */
export const GATE = `${PORTCULLIS} zap-gate`;

/** The action writes no issue, and no rule fails the job: the gate decides. */
export const SCAN_OPTIONS = {
  docker_name: ZAP_IMAGE,
  fail_action: false,
  allow_issue_writing: false,
} as const;

/** Alpha rules as well, and a browser that crawls: pages that scripts make have no links without it. */
export const ZAP_OPTIONS = '-a -j';

/** Keeps ZAP's reports as an artifact of the run. */
export function uploadReport(name: string): Step {
  return {
    name: 'Keep the reports, of clean scans too',
    if: '${{ !cancelled() }}',
    uses: ACTIONS.uploadArtifact,
    with: { name, path: 'report_*', 'if-no-files-found': 'error' },
  };
}
