import { isHttpsOrLoopback, readLimit, type Policy, type Problem } from '@portcullis/runtime/policy';
import { Construct } from 'constructs';
import { refuseProps } from '../../core';
import { BEARER_HOOK } from './bearer-hook';
import { ReviewedFiles } from '../repository/reviewed-files';
import { scheduleProblem } from './schedule';
import { securityWorkflow } from './security-workflow';
import { renderWorkflow } from '../workflow/workflow';
import { renderZapRules, zapRuleProblems, type ZapRule } from './zap-rules';

/** A finding that is accepted for a while. `portcullis zap-gate` refuses entries that ended. */
export interface AcceptedFinding {
  /** ZAP's number of the rule, or of one variant of it, as in `10038-1`. */
  readonly rule: string;
  /** The beginning of the URLs that it is accepted at. @default anywhere */
  readonly url?: string;
  /** Who accepted it, and why. */
  readonly reason: string;
  /** The last day on which it holds (UTC), as in `2026-12-31`; a year ahead at most. */
  readonly expires: string;
}

export interface SecurityScanningProps {
  readonly policy: Policy;
  /** Origin of staging, which is scanned in full after each deploy and on schedule. */
  readonly stagingUrl: string;
  /** Origin of production, which is never scanned. */
  readonly productionUrl: string;
  /** Vault, as runners reach it, and what the scan's job reads there. */
  readonly vault: {
    readonly address: string;
    /** JWT role of the scan's job: see {@link DeployIdentity}. */
    readonly role: string;
    /**
     * KV v2 path that holds `slack_webhook`, and `<tier>_client_id` and `<tier>_client_secret` of each tier. These
     * clients are of organisations of their own, which `watchOverrides()` gives limits of their own: a tier's 429s
     * would blind the scanner. A scan does not begin before they are {@link SecurityScanningProps.scannerLimit}.
     */
    readonly secretPath: string;
  };
  /** The issuer's token endpoint, for Client Credentials. */
  readonly tokenUrl: string;
  /** What each client of the scan has to be admitted by the rate limiter, as its overrides say. @default '100000/1m' */
  readonly scannerLimit?: string;
  /** When staging is scanned besides, in UTC. @default Mondays at 03:00 */
  readonly schedule?: string;
  /** The least risk that fails a scan. @default 'high' */
  readonly failOn?: 'high' | 'medium';
  readonly baselineRules?: readonly ZapRule[];
  readonly fullScanRules?: readonly ZapRule[];
  readonly accepted?: readonly AcceptedFinding[];
  /** Day that accepted findings are checked on. @default today */
  readonly today?: string;
}

export interface SecurityScanningFilesProps extends SecurityScanningProps {
  /** Name of the repository, without its owner. */
  readonly repository: string;
}

/**
 * ZAP on pull requests, after every deploy of staging and on schedule; gated by severity. For a pull request the
 * repository's `compose.test.yml` starts the API on port 3000. The workflow and its rules arrive in the repository by
 * pull request.
 */
export class SecurityScanning extends Construct {
  /** @throws ConstructError `ERR_PROPS` with everything that is wrong at once. */
  constructor(scope: Construct, id: string, props: SecurityScanningFilesProps) {
    super(scope, id);
    refuseProps(this, securityScanningProblems(props));
    new ReviewedFiles(this, 'files', {
      repository: props.repository,
      branch: 'portcullis/security-scanning',
      title: 'ci: security scanning by ZAP',
      files: securityScanningFiles(props),
    });
  }
}

/** The files themselves, by path: what the construct proposes, and `portcullis workflows` writes. */
export function securityScanningFiles(props: SecurityScanningProps): Record<string, string> {
  const { policy, schedule = '0 3 * * 1', failOn = 'high', scannerLimit = '100000/1m' } = props;
  const workflow = securityWorkflow({
    schedule,
    failOn,
    stagingUrl: props.stagingUrl,
    openApiPath: '/openapi.json',
    tiers: Object.keys(policy.tiers),
    tokens: {
      url: props.tokenUrl,
      resource: policy.audience,
      scopes: [...new Set(policy.routes.flatMap(({ scopes }) => scopes))],
      renewSeconds: Math.ceil(policy.lifetimes.accessTokenSeconds / 3),
    },
    probe: { path: probedPath(policy), atLeast: scannerLimit },
    vault: props.vault,
  });
  return {
    '.github/workflows/security.yml': renderWorkflow(workflow),
    '.zap/baseline-rules.tsv': renderZapRules(props.baselineRules ?? []),
    '.zap/full-scan-rules.tsv': renderZapRules(props.fullScanRules ?? []),
    '.zap/allow-list.json': `${JSON.stringify(props.accepted ?? [], undefined, 2)}\n`,
    '.zap/bearer-hook.py': BEARER_HOOK,
  };
}

/** A route that is limited: one that reads, and of these one that names nothing, where the policy has such. */
function probedPath({ routes }: Policy): string {
  const limited = routes.filter((route) => !route.public);
  const read = limited.filter(({ method }) => method === 'GET');
  const pattern = (read.find(({ path }) => !/[:*{]/.test(path)) ?? read[0] ?? limited[0])?.path ?? '/';
  return pattern.replace(/[{}]/g, '').replace(/[:*]\w+/g, '0');
}

export function securityScanningProblems(props: SecurityScanningProps): Problem[] {
  const { stagingUrl, productionUrl, schedule, vault, tokenUrl, scannerLimit } = props;
  const cron = schedule === undefined ? undefined : scheduleProblem(schedule);
  return [
    ...urlProblem('stagingUrl', stagingUrl),
    ...urlProblem('productionUrl', productionUrl),
    ...urlProblem('tokenUrl', tokenUrl),
    ...urlProblem('vault.address', vault.address),
    ...(originOf(stagingUrl) === originOf(productionUrl)
      ? [
          {
            path: 'stagingUrl',
            message: `received the origin of production, ${stagingUrl}: a full scan attacks what it scans; give staging's own`,
          },
        ]
      : []),
    ...(cron === undefined ? [] : [{ path: 'schedule', message: cron }]),
    ...(scannerLimit === undefined || readLimit(scannerLimit) !== undefined
      ? []
      : [
          {
            path: 'scannerLimit',
            message: `received ${JSON.stringify(scannerLimit)}; expected calls in a window, as in 100000/1m`,
          },
        ]),
    ...(/^[\w-]+\/data\/[\w-]+(\/[\w-]+)*$/.test(vault.secretPath)
      ? []
      : [
          {
            path: 'vault.secretPath',
            // Not shown: a webhook is a secret.
            message:
              'expected the path of a KV v2 entry, as in secret/data/api/scan; put a webhook into that entry, not here',
          },
        ]),
    ...zapRuleProblems('baselineRules', props.baselineRules ?? []),
    ...zapRuleProblems('fullScanRules', props.fullScanRules ?? []),
    ...acceptedProblems(props),
  ];
}

function urlProblem(path: string, url: string): Problem[] {
  return isHttpsOrLoopback(url)
    ? []
    : [{ path, message: `received ${JSON.stringify(url)}; expected an https URL (http only on loopback)` }];
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

const LONGEST_DAYS = 366;

function acceptedProblems({
  accepted = [],
  today = new Date().toISOString().slice(0, 10),
}: SecurityScanningProps): Problem[] {
  const last = new Date(Date.parse(today) + LONGEST_DAYS * 86_400_000).toISOString().slice(0, 10);
  return accepted.flatMap(({ expires, reason }, index) => [
    ...(/^\d{4}-\d\d-\d\d$/.test(expires) && expires >= today && expires <= last
      ? []
      : [
          {
            path: `accepted[${index}].expires`,
            message: `received ${expires}; expected a day from ${today} to ${last}: mend the finding, or accept it anew with a reason`,
          },
        ]),
    ...(reason.trim().length >= 20
      ? []
      : [
          {
            path: `accepted[${index}].reason`,
            message: 'expected at least 20 characters: who accepted it, and why',
          },
        ]),
  ]);
}
