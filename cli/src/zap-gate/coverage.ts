/**
 * Whether a scan saw enough to be trusted. A scanner that was locked out, rate-limited or pointed at an empty host
 * finds nothing and reports success. ZAP from 2.17 on accounts for its scan (`insights`); for older
 * reports the URLs that alerts name are the lower bound, and the alerts on response codes tell of refusals.
 * https://www.zaproxy.org/docs/desktop/addons/insights/insights-list/
 */
import type { Insight, ScanReport } from './report/report';

/** Above this share of refused or failed requests a scan is blind. Percent. */
const MOSTLY = 50;
/** An API answers much of an attack with 4xx, so only nearly all of them mean that the scan never got in. Percent. */
const NEARLY_ALL = 95;

/** ZAP had no room for what it found. */
const FULL: ReadonlySet<string> = new Set(['insight.database.full', 'insight.diskspace.full']);

export interface Expectation {
  /** Fewest distinct URLs (by method) that the scan must have seen. */
  readonly minUrls: number;
  /** The scanned origin, as in `https://staging.example.com`; undefined counts every site of the report. */
  readonly target?: string | undefined;
}

export interface Coverage {
  readonly urls: number;
  /** Why the scan is not to be believed; empty when it is. */
  readonly problems: readonly string[];
}

export function coverageOf(report: ScanReport, { minUrls, target }: Expectation): Coverage {
  const isTarget = ({ name }: { name: string }): boolean => target === undefined || originOf(name) === target;
  const sites = report.sites.filter(isTarget);
  const insights = report.insights.filter(({ site }) => site === '' || isTarget({ name: site }));

  const endpoints = sumOf(insights, 'insight.endpoint.total');
  const urls = Math.max(endpoints, sum(sites.map((site) => site.urls)));
  const refused = sum(sites.map((site) => site.refusedUrls));
  const denied = sum(sites.map((site) => site.deniedUrls));
  const refusedShare = urls === 0 ? 0 : Math.round((100 * refused) / urls);
  const deniedShare = urls === 0 ? 0 : Math.round((100 * denied) / urls);

  const problems = [
    ...(sites.length === 0 ? [`it did not reach ${target ?? 'any site'}: is the target up?`] : []),
    ...sites
      .filter((site) => !site.hasAlertSection)
      .map(() => 'a site has no alert section: the report is not complete'),
    ...(urls < minUrls
      ? [`it saw ${urls} URLs, fewer than the ${minUrls} expected: check the target and the OpenAPI document`]
      : []),
    ...(refusedShare > MOSTLY
      ? [`${refusedShare} % of its URLs answered 401 or 429: check the scanner's token and its tier`]
      : []),
    ...(deniedShare > NEARLY_ALL && refusedShare <= MOSTLY
      ? [`${deniedShare} % of its URLs answered 401, 403 or 429: check the scanner's scopes and its tier`]
      : []),
    // A database or a disk that is full and an end before its time are the scan's, whatever site they name.
    ...report.insights.filter(isOfScan).map(describeBroken),
    ...insights.filter(({ level }) => level.toLowerCase() === 'high').map(describeBroken),
    ...exceeding(
      insights,
      'insight.code.4xx',
      NEARLY_ALL,
      "of the answers were 4xx: check the scanner's token and its tier",
    ),
    ...exceeding(insights, 'insight.code.5xx', MOSTLY, 'of the answers were 5xx: the API was down'),
    ...exceeding(
      insights,
      'insight.auth.failure',
      MOSTLY,
      "of the authentications failed: check the scanner's token",
    ),
    ...exceeding(
      insights,
      'insight.network.failure',
      MOSTLY,
      'of the requests did not get through: is the target up?',
    ),
  ];
  return { urls, problems: [...new Set(problems)] };
}

/** Whether an insight says that the whole scan is not to be trusted. No number counts as the worst. */
function isOfScan({ key, statistic, stopped }: Insight): boolean {
  return stopped || (FULL.has(key) && statistic !== 0);
}

function describeBroken({ key, stopped, statistic }: Insight): string {
  const value = Number.isFinite(statistic) ? ` (${statistic})` : '';
  return stopped
    ? `ZAP stopped the scan before its end, because of ${key}${value}`
    : `ZAP itself says that the scan is not to be trusted: ${key}${value}`;
}

/** ZAP names a site as an origin, some versions with the scheme's own port. */
function originOf(site: string): string {
  return URL.canParse(site) ? new URL(site).origin : site;
}

function exceeding(insights: readonly Insight[], key: string, percent: number, what: string): string[] {
  const worst = Math.max(0, ...statisticsOf(insights, key));
  return worst > percent ? [`${worst} % ${what}`] : [];
}

function sumOf(insights: readonly Insight[], key: string): number {
  return sum(statisticsOf(insights, key));
}

/** Without those of insights that ended the scan: they repeat one of the list. */
function statisticsOf(insights: readonly Insight[], wanted: string): number[] {
  return insights
    .filter(({ key, statistic, stopped }) => key === wanted && !stopped && Number.isFinite(statistic))
    .map(({ statistic }) => statistic);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
