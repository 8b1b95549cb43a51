/** Collects the alerts and URLs of a site while the report is read. What is kept of any report is bounded. */
import type { Alert, Place, Site } from './report';
import { riskOf } from './risk';

/** Of a site and of a report. */
export const MAX_ALERTS = 100_000;
const MAX_PLACES = 1_000;
/** Of all alerts together, so that no report can take the memory of the machine. */
const MAX_PLACES_IN_ALL = 20_000;
const MAX_URLS = 10_000;

/** ZAP's script rules for answers of 4xx and 5xx; the status is their evidence. */
const RESPONSE_CODE_RULE = '100000';

/** The fields of an object of the report that are read, as text. */
export type Fields = Map<string, string>;

/** How many places may still be kept, shared by the alerts of a report. */
interface Budget {
  places: number;
}

export function placesLeft(): Budget {
  return { places: MAX_PLACES_IN_ALL };
}

export class SiteTally {
  hasAlertSection = false;
  readonly alerts: Omit<Alert, 'site'>[] = [];
  private readonly urls = new Set<string>();
  private readonly refused = new Set<string>();
  private readonly denied = new Set<string>();

  add(alert: AlertTally, fields: Fields): void {
    if (this.alerts.length > MAX_ALERTS) return;
    this.alerts.push(alert.result(fields));
    for (const url of alert.urls) if (this.urls.size < MAX_URLS) this.urls.add(url);
    if ((fields.get('pluginid') ?? '') !== RESPONSE_CODE_RULE) return;
    for (const url of alert.refusedUrls) if (this.refused.size < MAX_URLS) this.refused.add(url);
    for (const url of alert.deniedUrls) if (this.denied.size < MAX_URLS) this.denied.add(url);
  }

  result(name: string): Site {
    return {
      name,
      hasAlertSection: this.hasAlertSection,
      urls: this.urls.size,
      refusedUrls: this.refused.size,
      deniedUrls: this.denied.size,
    };
  }
}

export class AlertTally {
  readonly urls = new Set<string>();
  readonly refusedUrls = new Set<string>();
  readonly deniedUrls = new Set<string>();
  private readonly places = new Map<string, Place>();
  private instances = 0;
  private isPartial = false;

  constructor(private readonly budget: Budget) {}

  add(fields: Fields): void {
    this.instances += 1;
    const place = { method: fields.get('method') ?? '', url: withoutQuery(fields.get('uri') ?? '') };
    const key = `${place.method} ${place.url}`;
    if (this.urls.size < MAX_URLS) this.urls.add(key);
    const status = /^(?:HTTP\/\S+ )?(401|403|429)\b/.exec(fields.get('evidence') ?? '')?.[1];
    if (status !== undefined && this.deniedUrls.size < MAX_URLS) this.deniedUrls.add(key);
    if (status !== undefined && status !== '403' && this.refusedUrls.size < MAX_URLS)
      this.refusedUrls.add(key);
    if (this.places.has(key)) return;
    if (this.places.size < MAX_PLACES && this.budget.places > 0) {
      this.budget.places -= 1;
      this.places.set(key, place);
    } else {
      this.isPartial = true;
    }
  }

  result(fields: Fields): Omit<Alert, 'site'> {
    const counted = Number(fields.get('count') ?? 0);
    const count = Math.max(this.instances, Number.isFinite(counted) ? counted : 0);
    const rule = fields.get('pluginid') ?? '';
    return {
      rule,
      variant: fields.get('alertRef') ?? rule,
      name: fields.get('name') ?? fields.get('alert') ?? '(no name)',
      risk: riskOf(fields.get('riskcode'), fields.get('riskdesc')),
      confidence: fields.get('confidence') ?? '',
      cwe: fields.get('cweid') ?? '',
      count,
      places: [...this.places.values()],
      // Samples of a systemic alert are not all of its places.
      isPartial: this.isPartial || count > this.instances || fields.get('systemic') === 'true',
    };
  }
}

function withoutQuery(uri: string): string {
  return uri.replace(/[?#].*$/s, '');
}
