import { isHttpsOrLoopback, readLimit, type Policy, type Problem } from '@portcullis/runtime/policy';
import { allowListProblems, type AllowListEntry } from '../allow-list';
import { shown, unless, unlike, within } from '../../core/props/checks';
import { known } from '../../core/props/later';
import { toolsProblems, type RepositoryTools } from '../workflow/repository-tools';
import { apiProblems, type ApiOnRunner } from './api-on-runner';
import { scheduleProblem } from './schedule';
import { zapRuleProblems, type ZapRule } from './zap-rules';

/** How an API is scanned by ZAP: the baseline of pull requests, and staging in full. */
export interface SecurityScanningProps {
  /** The API's policy: its tiers are scanned, one after the other. */
  readonly policy: Policy;
  /** Origin of staging, which is scanned in full after each deploy, and on schedule: the variable `STAGING_URL`. */
  readonly stagingUrl: string;
  /** Origin of production, which is never scanned. */
  readonly productionUrl: string;
  /** Vault, and what the scan's job reads there. */
  readonly vault: {
    /** Address, as runners reach it. */
    readonly address: string;
    /** JWT role of the scan's job. `DeployIdentity` makes it. */
    readonly role: string;
    /**
     * KV v2 path of an entry with `slack_webhook`, and with `<tier>_client_id` and `<tier>_client_secret` for each tier.
     * Each client belongs to an organisation of its own, to which `watchOverrides()` gives limits of its own: the 429s
     * of a tier would blind the scanner. A scan begins once these limits are
     * {@link SecurityScanningProps.scannerLimit} or more.
     */
    readonly secretPath: string;
  };
  /**
   * `portcullis verify` holds the policy against staging after a deploy, before the scan, as the environment of
   * `portcullis.config.ts` that has the name of `environment`: variables that are named there, each with the field of
   * the entry at `vault.secretPath` that has its value. Its clients are others than the scan's, and have their tiers'
   * limits. `{}`: it has no client, and what needs a token is not verified.
   *
   * @default it does not
   */
  readonly verify?: Readonly<Record<string, string>>;
  /** The issuer's token endpoint, for Client Credentials. */
  readonly tokenUrl: string;
  /** The least limit that the rate limiter has to give each client of the scan. @default '100000/1m' */
  readonly scannerLimit?: string;
  /** How the job of a pull request starts the API that it scans. @default by `compose.test.yml`, on port 3000 */
  readonly api?: ApiOnRunner;
  /** The repository's environment that is scanned in full. @default 'staging' */
  readonly environment?: string;
  /** The repository's package manager, and how its jobs run the command. @default npm */
  readonly tools?: RepositoryTools;
  /** When staging is scanned as every tier, one after the other: five fields of cron, in UTC. @default '0 3 * * 1', Mondays at 03:00 */
  readonly schedule?: string;
  /** The least risk that fails a scan. @default 'high' */
  readonly failOn?: 'high' | 'medium';
  /** Rules of the passive scan of pull requests. @default ZAP's own levels */
  readonly baselineRules?: readonly ZapRule[];
  /** Rules of the scans of staging. @default ZAP's own levels */
  readonly fullScanRules?: readonly ZapRule[];
  /** Findings that are accepted for a while. @default none */
  readonly allowList?: readonly AllowListEntry[];
  /** The day on which the dates of the allow-list are checked, as in `2026-12-31`. @default today, in UTC */
  readonly today?: string;
}

/** How staging is scanned unless the props say otherwise. */
export const DEFAULTS = {
  scannerLimit: '100000/1m',
  schedule: '0 3 * * 1',
  failOn: 'high',
  environment: 'staging',
} as const;

export interface SecurityScanningFilesProps extends SecurityScanningProps {
  /** Name of the repository, without its owner. */
  readonly repository: string;
}

/** Everything that is wrong with the properties. */
export function securityScanningProblems(props: SecurityScanningProps): readonly Problem[] {
  const unknown = Object.entries(props)
    .filter(([name]) => name !== 'policy' && name !== 'repository')
    .flatMap(([name, value]) => known(name, value, 'it stands in a file of the repository'));
  if (unknown.length > 0) return unknown;
  const { stagingUrl, productionUrl, schedule, vault, tokenUrl, scannerLimit } = props;
  return [
    ...urlProblem('stagingUrl', stagingUrl),
    ...urlProblem('productionUrl', productionUrl),
    ...urlProblem('tokenUrl', tokenUrl),
    ...(hostOf(stagingUrl) === hostOf(productionUrl)
      ? [
          {
            path: 'stagingUrl',
            message: `received the host of production, ${shown(stagingUrl)}: a full scan attacks what it scans; expected staging's own`,
          },
        ]
      : []),
    ...scheduleProblems(schedule),
    ...unless(
      scannerLimit === undefined || (isText(scannerLimit) && readLimit(scannerLimit) !== undefined),
      'scannerLimit',
      scannerLimit,
      'calls in a window, as in 100000/1m',
    ),
    ...within('vault', vault, vaultProblems),
    ...apiProblems('api', props.api),
    ...within('verify', props.verify ?? {}, verifyProblems),
    ...toolsProblems('tools', props.tools),
    ...unlike(
      'environment',
      props.environment ?? DEFAULTS.environment,
      /^[\w-]+$/,
      'the name of an environment, such as staging',
    ),
    ...zapRuleProblems('baselineRules', props.baselineRules ?? []),
    ...zapRuleProblems('fullScanRules', props.fullScanRules ?? []),
    ...allowListProblems(props.allowList ?? [], props.today ?? today(), 'allowList'),
  ];
}

/** A name may be in a script of the workflow. */
function verifyProblems(verify: NonNullable<SecurityScanningProps['verify']>): Problem[] {
  return Object.entries(verify).flatMap(([variable, field]) => [
    ...unlike(`verify.${variable}`, variable, /^[A-Z][A-Z0-9_]*$/, 'a variable, such as VERIFY_PRO_SECRET'),
    ...unlike(
      `verify.${variable}`,
      field,
      /^[a-z][a-z0-9_]*$/,
      'a field of the entry, such as verify_pro_client_secret',
    ),
  ]);
}

function vaultProblems({ address, secretPath }: SecurityScanningProps['vault']): Problem[] {
  const right = isText(secretPath) && /^[\w-]+\/data\/[\w-]+(\/[\w-]+)*$/.test(secretPath);
  return [
    ...urlProblem('vault.address', address),
    ...(right
      ? []
      : [
          {
            path: 'vault.secretPath',
            // Not shown: a webhook is a secret.
            message:
              'expected the path of a KV v2 entry, as in secret/data/api/scan; put a webhook into that entry, not here',
          },
        ]),
  ];
}

function scheduleProblems(schedule: string | undefined): Problem[] {
  if (schedule === undefined) return [];
  if (!isText(schedule)) return unless(false, 'schedule', schedule, 'five fields, as in "0 3 * * 1"');
  const message = scheduleProblem(schedule);
  return message === undefined ? [] : [{ path: 'schedule', message }];
}

/** Without a compiler it may be anything. */
function isText(given: unknown): boolean {
  return typeof given === 'string';
}

function urlProblem(path: string, url: string): Problem[] {
  return unless(isText(url) && isHttpsOrLoopback(url), path, url, 'an https URL (http only on loopback)');
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function hostOf(url: string): string {
  return isText(url) && URL.canParse(url) ? new URL(url).hostname.replace(/\.$/, '') : url;
}
