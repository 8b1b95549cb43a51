/** Parts of ZAP's traditional JSON report, as its versions write them. */

type Json = Record<string, unknown>;

export const STAGING = 'https://staging.example.com';

const PATHS = ['/', '/healthz', '/readyz', '/api/transactions', '/api/reports/generate', '/api/exports/1'];

export function instance(path: string, more: Json = {}): Json {
  return {
    id: '1',
    uri: `${STAGING}${path}`,
    method: 'GET',
    param: '',
    attack: '',
    evidence: '',
    otherinfo: '',
    ...more,
  };
}

export function alert(rule: string, riskcode: unknown, more: Json = {}): Json {
  return {
    pluginid: rule,
    alertRef: rule,
    alert: `Rule ${rule}`,
    name: `Rule ${rule}`,
    riskcode,
    confidence: '2',
    desc: '<p>…</p>',
    instances: [instance('/api/transactions')],
    count: '1',
    solution: '',
    reference: '',
    cweid: '79',
    wascid: '8',
    sourceid: '1',
    ...more,
  };
}

/** An informational alert on six URLs: what every scan that reached the API brings home. */
export const seen = alert('10049', '0', { instances: PATHS.map((path) => instance(path)), count: '6' });

export function site(alerts: readonly Json[], more: Json = {}): Json {
  return {
    '@name': STAGING,
    '@host': 'staging.example.com',
    '@port': '443',
    '@ssl': 'true',
    alerts,
    ...more,
  };
}

export function insight(key: string, statistic: number, from = STAGING): Json {
  return {
    level: 'Info',
    reason: 'Informational',
    site: from,
    key,
    description: key,
    statistic: String(statistic),
  };
}

/** ZAP 2.11 to 2.16. */
export function report(alerts: readonly Json[], more: Json = {}): Json {
  return {
    '@programName': 'ZAP',
    '@version': '2.16.1',
    '@generated': 'Mon, 23 Nov 2026 03:00:00',
    site: [site(alerts)],
    ...more,
  };
}

/** ZAP 2.17 and later, which accounts for the scan itself. */
export function accounted(alerts: readonly Json[], insights: readonly Json[], more: Json = {}): Json {
  return report(alerts, { '@version': '2.17.0', created: '2026-11-23T03:00:00.1Z', insights, ...more });
}
