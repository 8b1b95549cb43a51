import { accepts, type AllowListEntry } from './allow-list';
import { coverageOf, type Coverage, type Expectation } from './coverage';
import { RISKS, type Alert, type Risk, type ScanReport } from './report/report';
import { isAtLeast } from './report/risk';

/** `accepted`: the allow-list names it. `noted`: below the threshold. */
export interface Finding extends Alert {
  readonly status: 'failing' | 'accepted' | 'noted';
  /** The entry's reason, when accepted. */
  readonly reason?: string;
}

export interface GateSettings extends Expectation {
  /** The least risk that fails. */
  readonly failOn: Risk;
  readonly allowList: readonly AllowListEntry[];
}

/** What the gate says of a scan. `blind`: nothing fails, but the scan saw too little to be believed. */
export interface Verdict {
  readonly outcome: 'passed' | 'failed' | 'blind';
  readonly failOn: Risk;
  readonly coverage: Coverage;
  /** Worst first. */
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<Risk, number>>;
  /** Entries that accepted nothing: the finding is mended, so they can go. */
  readonly unused: readonly AllowListEntry[];
}

/** Judges a report. A function of its inputs alone. */
export function judge(report: ScanReport, settings: GateSettings): Verdict {
  const findings = report.alerts
    .map((alert) => grade(alert, settings))
    .sort((a, b) => RISKS.indexOf(a.risk) - RISKS.indexOf(b.risk) || a.rule.localeCompare(b.rule));
  const coverage = coverageOf(report, settings);
  const fails = findings.some(({ status }) => status === 'failing');
  return {
    outcome: fails ? 'failed' : coverage.problems.length > 0 ? 'blind' : 'passed',
    failOn: settings.failOn,
    coverage,
    findings,
    counts: countByRisk(findings),
    unused: settings.allowList.filter((entry) => !report.alerts.some((alert) => accepts(entry, alert))),
  };
}

function grade(alert: Alert, { failOn, allowList }: GateSettings): Finding {
  if (!isAtLeast(alert.risk, failOn)) return { ...alert, status: 'noted' };
  const entry = allowList.find((candidate) => accepts(candidate, alert));
  return entry ? { ...alert, status: 'accepted', reason: entry.reason } : { ...alert, status: 'failing' };
}

function countByRisk(findings: readonly Finding[]): Record<Risk, number> {
  const counts = { high: 0, medium: 0, low: 0, informational: 0 };
  for (const { risk } of findings) counts[risk] += 1;
  return counts;
}
