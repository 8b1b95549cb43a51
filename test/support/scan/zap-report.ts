import type { Finding, WapitiReport } from './wapiti';

/** ZAP's numbers of the same weaknesses; what has none gets one of its own, so that it is not lost. */
const RULES: Readonly<Record<string, number>> = {
  'Reflected Cross Site Scripting': 40_012,
  'Cross Site Scripting': 40_012,
  'Cross Site Request Forgery': 20_012,
  'SQL Injection': 40_018,
  'Command execution': 90_020,
  'Content Security Policy Configuration': 10_038,
  'HTTP Secure Headers': 10_020,
  'Internal Server Error': 100_000,
};
const OTHER = 60_100;

/** Wapiti's report in the form of ZAP's, so that the one gate judges both. What was crawled is what ZAP would list. */
export function asZapReport({ target, crawled, findings }: WapitiReport): object {
  const { origin, hostname, port } = new URL(target);
  const instance = (method: string, uri: string, param = '') => ({
    uri,
    method,
    param,
    attack: '',
    evidence: '',
  });
  const requests = crawled.map((request) => request.split(' ') as [string, string]);
  return {
    '@programName': 'wapiti',
    '@version': '3.0.4',
    site: [
      {
        '@name': origin,
        '@host': hostname,
        '@port': port,
        '@ssl': 'false',
        alerts: [
          {
            ...alert(10_109, 'Crawled', 0),
            instances: requests.map(([method, uri]) => instance(method, uri)),
          },
          ...Object.entries(findings)
            .filter(([, found]) => found.length > 0)
            .map(([name, found]) => ({
              ...alert(RULES[name] ?? OTHER, name, riskOf(found)),
              instances: found.map(({ method, path, parameter }) =>
                instance(method, `${origin}${path}`, parameter ?? ''),
              ),
            })),
        ],
      },
    ],
  };
}

function alert(rule: number, name: string, risk: number): object {
  return {
    pluginid: String(rule),
    alertRef: String(rule),
    alert: name,
    name,
    riskcode: String(risk),
    confidence: '2',
    cweid: '0',
  };
}

function riskOf(found: readonly Finding[]): number {
  return Math.min(3, Math.max(...found.map(({ level }) => level)));
}
