/** What the gate keeps of a report: enough to judge it and to name what to mend, never the evidence. */

/** ZAP's `riskcode`, by its own names: 3, 2, 1, 0. */
export const RISKS = ['high', 'medium', 'low', 'informational'] as const;
export type Risk = (typeof RISKS)[number];

/** Where an alert was seen: method, and URL without its query, which may carry tokens and payloads. */
export interface Place {
  readonly method: string;
  readonly url: string;
}

/** One alert of one site: a rule that fired. */
export interface Alert {
  /** ZAP's number of the rule (`pluginid`), as in `40012`. */
  readonly rule: string;
  /** The rule's variant (`alertRef`), as in `10038-1`. */
  readonly variant: string;
  readonly name: string;
  /** The site's own name: scheme, host and port. */
  readonly site: string;
  readonly risk: Risk;
  readonly confidence: string;
  readonly cwe: string;
  /** How often it was seen; a report may count without listing. */
  readonly count: number;
  /** Distinct ones, at most 1,000. */
  readonly places: readonly Place[];
  /** True when not every place is in `places`. */
  readonly isPartial: boolean;
}

/** A line of ZAP's own account of its scan (`insights`, ZAP 2.17 and later). */
export interface Insight {
  readonly site: string;
  /** As in `insight.code.4xx`. */
  readonly key: string;
  /** A percentage or a count; which, depends on the key. NaN where the report gives no number. */
  readonly statistic: number;
  /** `Info`, `Low`, `Medium` or `High`: how likely it is that the scan did not work as it should. */
  readonly level: string;
  /** ZAP ended the scan because of it (`stoppingInsight`). */
  readonly stopped: boolean;
}

export interface Site {
  readonly name: string;
  /** False when the site has no `alerts` at all, which is not the same as an empty list. */
  readonly hasAlertSection: boolean;
  /** Distinct method and URL pairs that its alerts name; counted up to 10,000. */
  readonly urls: number;
  /** Of these, the ones that answered 401 or 429. */
  readonly refusedUrls: number;
  /** Of these, the ones that answered 401, 403 or 429. */
  readonly deniedUrls: number;
}

export interface ScanReport {
  readonly version: string;
  readonly generated: string;
  readonly sites: readonly Site[];
  readonly alerts: readonly Alert[];
  readonly insights: readonly Insight[];
}
