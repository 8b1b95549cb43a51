/**
 * ZAP's traditional JSON report (`report_json.json`, with or without requests and responses), read as a
 * stream. Its versions differ: codes are strings or numbers, one site may be an object instead of a list,
 * instances may be absent, `insights` came with 2.17. Everything else is skipped.
 */
import type { PortcullisError } from '../../errors';
import { unreadable } from './unreadable';
import { JsonScanner, type JsonEvents } from './json-scanner';
import type { Alert, Insight, ScanReport, Site } from './report';
import { AlertTally, MAX_ALERTS, placesLeft, SiteTally, type Fields } from './tally';

const MAX_SITES = 1_000;
const MAX_INSIGHTS = 10_000;

/** Containers that matter; what is inside any other is skipped. */
type Role =
  | 'report'
  | 'sites'
  | 'site'
  | 'alerts'
  | 'alert'
  | 'instances'
  | 'instance'
  | 'insights'
  | 'insight'
  | 'stopping insight'
  | 'other';

/** Which container a key opens inside another; a list's members have the key ''. */
const ROLES: Partial<Record<Role, Readonly<Record<string, readonly ['object' | 'array', Role][]>>>> = {
  report: {
    site: [
      ['array', 'sites'],
      ['object', 'site'],
    ],
    insights: [['array', 'insights']],
    stoppingInsight: [['object', 'stopping insight']],
  },
  sites: { '': [['object', 'site']] },
  site: { alerts: [['array', 'alerts']] },
  alerts: { '': [['object', 'alert']] },
  alert: { instances: [['array', 'instances']] },
  instances: { '': [['object', 'instance']] },
  insights: { '': [['object', 'insight']] },
};

/** The fields that are read; every other one is dropped as it passes. */
const READ_FIELDS: ReadonlySet<string> = new Set([
  ...['@version', '@generated', 'created', '@name', 'site', 'key', 'statistic', 'level'],
  ...[
    'pluginid',
    'alertRef',
    'name',
    'alert',
    'riskcode',
    'riskdesc',
    'confidence',
    'cweid',
    'count',
    'systemic',
  ],
  ...['uri', 'method', 'evidence'],
]);

/**
 * @param chunks the report's bytes, in pieces of any size.
 * @throws PortcullisError `ERR_REPORT_UNREADABLE` when it is empty, truncated, malformed or not a ZAP report.
 */
export async function readReport(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<ScanReport> {
  const builder = new ReportBuilder();
  const scanner = new JsonScanner(builder);
  for await (const chunk of chunks) scanner.write(chunk);
  scanner.end();
  return builder.report();
}

class ReportBuilder implements JsonEvents {
  private readonly path: { role: Role; key: string; fields: Fields }[] = [];
  private readonly sites: Site[] = [];
  private readonly alerts: Alert[] = [];
  private readonly insights: Insight[] = [];
  private head: Fields = new Map();
  private isReport = false;

  private site = new SiteTally();
  private readonly budget = placesLeft();
  private alert = new AlertTally(this.budget);

  open(kind: 'object' | 'array'): void {
    const role = this.roleOf(kind);
    this.path.push({ role, key: '', fields: new Map() });
    if (role === 'sites') this.isReport = true;
    if (role === 'site') {
      this.isReport = true;
      this.site = new SiteTally();
      if (this.sites.length >= MAX_SITES) throw tooMany(`${MAX_SITES} sites`);
    }
    if (role === 'alerts') this.site.hasAlertSection = true;
    if (role === 'alert') this.alert = new AlertTally(this.budget);
  }

  close(): void {
    const { role, fields } = this.path.pop() ?? { role: 'other', fields: new Map<string, string>() };
    const parent = this.path.at(-1);
    if (parent) parent.key = '';
    if (role === 'instance') this.alert.add(fields);
    else if (role === 'alert') this.site.add(this.alert, fields);
    else if (role === 'site') this.endSite(fields);
    else if (role === 'insight' || role === 'stopping insight') this.endInsight(fields, role !== 'insight');
    else if (role === 'report') this.head = fields;
  }

  key(name: string): void {
    const top = this.path.at(-1);
    if (top) top.key = name;
  }

  scalar(value: string | number | boolean | null): void {
    const top = this.path.at(-1);
    if (!top) throw unreadable('is not an object');
    if (top.role === 'other' || value === null || !READ_FIELDS.has(top.key)) return;
    // Readers would disagree on which of two values under one name counts: the report is refused.
    if (top.fields.has(top.key)) throw unreadable(`gives "${printable(top.key)}" twice in one ${top.role}`);
    top.fields.set(top.key, String(value));
  }

  report(): ScanReport {
    if (!this.isReport) {
      throw unreadable('has no "site"');
    }
    return {
      version: this.head.get('@version') ?? '',
      generated: this.head.get('created') ?? this.head.get('@generated') ?? '',
      sites: this.sites,
      alerts: this.alerts,
      insights: this.insights,
    };
  }

  private roleOf(kind: 'object' | 'array'): Role {
    const parent = this.path.at(-1);
    if (!parent) return kind === 'object' ? 'report' : 'other';
    const byKey = ROLES[parent.role];
    const choices = byKey && Object.hasOwn(byKey, parent.key) ? byKey[parent.key] : undefined;
    return choices?.find(([wanted]) => wanted === kind)?.[1] ?? 'other';
  }

  private endSite(fields: Fields): void {
    const name = fields.get('@name') ?? fields.get('name') ?? '';
    this.sites.push(this.site.result(name));
    for (const alert of this.site.alerts) {
      if (this.alerts.length >= MAX_ALERTS) throw tooMany(`${MAX_ALERTS} alerts`);
      this.alerts.push({ ...alert, site: name });
    }
  }

  private endInsight(fields: Fields, stopped: boolean): void {
    if (this.insights.length >= MAX_INSIGHTS) throw tooMany(`${MAX_INSIGHTS} insights`);
    this.insights.push({
      site: fields.get('site') ?? '',
      key: fields.get('key') ?? '(no key)',
      statistic: Number(fields.get('statistic') ?? Number.NaN),
      level: fields.get('level') ?? '',
      stopped,
    });
  }
}

function tooMany(what: string): PortcullisError {
  return unreadable(`holds more than ${what}`, 'give the report of one scan');
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 40);
}
