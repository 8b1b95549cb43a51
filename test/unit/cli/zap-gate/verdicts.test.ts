import { judge, type GateSettings } from '../../../../cli/src/zap-gate/verdict';
import { readReport } from '../../../../cli/src/zap-gate/report/read-report';
import { accounted, alert, insight, instance, report, seen, site, STAGING } from './reports';

const entry = { rule: '40012', reason: 'accepted by the security team, ticket 12', expires: '2026-12-31' };
const lockedOut = alert('100000', '0', {
  instances: ['/a', '/b', '/c', '/d', '/e', '/f', '/g', '/h'].map((path) =>
    instance(path, { evidence: '401' }),
  ),
});
const limited = alert('100000', '0', {
  instances: ['/a', '/b', '/c', '/d', '/e', '/f', '/g', '/h'].map((path) =>
    instance(path, { evidence: 'HTTP/1.1 429' }),
  ),
});
const notFound = alert('100000', '0', {
  instances: ['/a', '/b', '/c', '/d', '/e', '/f', '/g', '/h'].map((path) =>
    instance(path, { evidence: '404' }),
  ),
});
const systemic = alert('10038', '2', {
  alertRef: '10038-1',
  systemic: true,
  count: '1',
  instances: [instance('/docs/a')],
});

type Case = [name: string, verdict: string, report: unknown, settings?: Partial<GateSettings>];

const cases: Case[] = [
  ['an informational alert alone', 'passed', report([seen])],
  ['a low alert', 'passed', report([seen, alert('10021', '1')])],
  ['a medium alert, failing on high', 'passed', report([seen, alert('10038', '2')])],
  ['a medium alert, failing on medium', 'failed', report([seen, alert('10038', '2')]), { failOn: 'medium' }],
  ['a high alert', 'failed', report([seen, alert('40012', '3')])],
  ['a high alert, failing on medium', 'failed', report([seen, alert('40012', '3')]), { failOn: 'medium' }],
  [
    'a high alert among a hundred others',
    'failed',
    report([
      seen,
      ...Array.from({ length: 100 }, (_, i) => alert(`${20_000 + i}`, '1')),
      alert('40012', '3'),
    ]),
  ],
  [
    'a high alert on the second site',
    'failed',
    report([], { site: [site([seen]), site([alert('40012', '3')], { '@name': 'https://other.example' })] }),
  ],
  ['a risk code that is a number', 'failed', report([seen, alert('40012', 3)])],
  ['a risk code unknown to us', 'failed', report([seen, alert('40012', '4')])],
  ['a risk code that is text', 'failed', report([seen, alert('40012', 'High')])],
  [
    'no risk code, but a description that says High',
    'failed',
    report([seen, alert('40012', null, { riskdesc: 'High (Medium)' })]),
  ],
  [
    'no risk code, but a description that says Low',
    'passed',
    report([seen, alert('10021', null, { riskdesc: 'Low (High)' })]),
  ],
  ['neither risk code nor description', 'failed', report([seen, alert('40012', null)])],
  [
    'a code of 1 whose description says High',
    'failed',
    report([seen, alert('40012', '1', { riskdesc: 'High (Low)' })]),
  ],
  [
    'a description of high confidence in a low risk',
    'passed',
    report([seen, alert('10021', '1', { riskdesc: 'Low (High)' })]),
  ],
  [
    'a high alert of the confidence "false positive"',
    'failed',
    report([seen, alert('40012', '3', { confidence: '0' })]),
  ],
  [
    'a high alert without instances',
    'failed',
    report([seen, alert('40012', '3', { instances: undefined, count: '12' })]),
  ],
  [
    'alerts that name a risk after their instances',
    'failed',
    report([seen, { instances: [instance('/x')], pluginid: '40012', riskcode: '3' }]),
  ],
  [
    'one site given as an object, as old versions do',
    'failed',
    { '@version': '2.7.0', site: site([seen, alert('40012', '3')]) },
  ],
  [
    'requests and responses in the report',
    'passed',
    report([
      alert('10049', '0', {
        instances: ['/a', '/b', '/c', '/d', '/e'].map((p) =>
          instance(p, { 'request-header': 'GET / HTTP/1.1', 'response-body': '{"riskcode":"3"}' }),
        ),
      }),
    ]),
  ],
  [
    'sequences beside the sites',
    'passed',
    report([seen], { sequences: [{ name: 's', steps: [{ step: '1', alerts: [alert('40012', '3')] }] }] }),
  ],

  ['a high alert that is accepted', 'passed', report([seen, alert('40012', '3')]), { allowList: [entry] }],
  [
    'a high alert of another rule than the accepted',
    'failed',
    report([seen, alert('40018', '3')]),
    { allowList: [entry] },
  ],
  [
    'a high alert accepted at its URL',
    'passed',
    report([seen, alert('40012', '3')]),
    { allowList: [{ ...entry, url: `${STAGING}/api` }] },
  ],
  [
    'a high alert accepted at another URL',
    'failed',
    report([seen, alert('40012', '3')]),
    { allowList: [{ ...entry, url: `${STAGING}/docs` }] },
  ],
  [
    'a high alert at two URLs of which one is accepted',
    'failed',
    report([seen, alert('40012', '3', { instances: [instance('/docs/a'), instance('/api/b')] })]),
    { allowList: [{ ...entry, url: `${STAGING}/docs` }] },
  ],
  [
    'a URL that only begins like the accepted one',
    'failed',
    report([seen, alert('40012', '3', { instances: [instance('/docs-internal')] })]),
    { allowList: [{ ...entry, url: `${STAGING}/docs` }] },
  ],
  [
    'a URL that climbs out of the accepted one',
    'failed',
    report([seen, alert('40012', '3', { instances: [instance('/docs/%2e%2e/admin')] })]),
    { allowList: [{ ...entry, url: `${STAGING}/docs` }] },
  ],
  [
    'a URL accepted whose alert counts more than it lists',
    'failed',
    report([seen, alert('40012', '3', { count: '7' })]),
    { allowList: [{ ...entry, url: `${STAGING}/api` }] },
  ],
  [
    'a systemic alert, of which ZAP lists samples, accepted by URL',
    'failed',
    report([seen, systemic]),
    { failOn: 'medium', allowList: [{ ...entry, rule: '10038', url: `${STAGING}/docs` }] },
  ],
  [
    'a systemic alert accepted by its variant',
    'passed',
    report([seen, systemic]),
    { failOn: 'medium', allowList: [{ ...entry, rule: '10038-1' }] },
  ],
  [
    'another variant than the accepted one',
    'failed',
    report([seen, systemic]),
    { failOn: 'medium', allowList: [{ ...entry, rule: '10038-2' }] },
  ],

  ['a report without sites', 'blind', report([], { site: [] })],
  ['a site without an alert section', 'blind', report([], { site: [{ '@name': STAGING }] })],
  ['a site whose alerts are null', 'blind', report([], { site: [{ '@name': STAGING, alerts: null }] })],
  ['no alert and nothing that tells of the scan', 'blind', report([])],
  ['fewer URLs than expected', 'blind', report([seen]), { minUrls: 7 }],
  ['as many URLs as expected', 'passed', report([seen]), { minUrls: 6 }],
  [
    'one URL seen by many rules',
    'blind',
    report(Array.from({ length: 9 }, (_, i) => alert(`${20_000 + i}`, '0'))),
  ],
  ['most URLs answered 401', 'blind', report([seen, lockedOut])],
  ['most URLs answered 429', 'blind', report([seen, limited])],
  ['most URLs answered 404', 'passed', report([seen, notFound])],
  ['a high alert in a blind scan', 'failed', report([alert('40012', '3')])],
  ['another host than the target', 'blind', report([seen]), { target: 'https://api.example.com' }],
  [
    'the target, named with its port',
    'passed',
    report([], { site: [site([seen], { '@name': `${STAGING}:443` })] }),
    { target: STAGING },
  ],
  [
    'a clean scan that accounts for its 29 endpoints',
    'passed',
    accounted([], [insight('insight.endpoint.total', 29)]),
  ],
  [
    'a clean scan that accounts for two endpoints',
    'blind',
    accounted([], [insight('insight.endpoint.total', 2)]),
  ],
  [
    'endpoints of another site than the target',
    'blind',
    accounted([], [insight('insight.endpoint.total', 29, 'https://cdn.example')]),
    { target: STAGING },
  ],
  ['96 % of the answers 4xx', 'blind', accounted([seen], [insight('insight.code.4xx', 96)])],
  [
    '60 % of the answers 4xx, as an attack brings',
    'passed',
    accounted([seen], [insight('insight.code.4xx', 60)]),
  ],
  ['60 % of the answers 5xx', 'blind', accounted([seen], [insight('insight.code.5xx', 60)])],
  [
    '63 % of the requests lost on the network',
    'blind',
    accounted([seen], [insight('insight.network.failure', 63, '')]),
  ],
  [
    'nothing but 403s',
    'blind',
    report([
      alert('100000', '0', {
        instances: ['/a', '/b', '/c', '/d', '/e', '/f', '/g', '/h'].map((path) =>
          instance(path, { evidence: '403' }),
        ),
      }),
    ]),
  ],
  [
    'a scan that ZAP stopped',
    'blind',
    accounted([seen], [], { stoppingInsight: insight('insight.auth.failure', 40) }),
  ],
  ['a scan that ZAP stopped, without saying why', 'blind', accounted([seen], [], { stoppingInsight: {} })],
  ['a database that was full', 'blind', accounted([seen], [insight('insight.database.full', 1, '')])],
  [
    'a disk that was full, by no number',
    'blind',
    accounted([seen], [{ ...insight('insight.diskspace.full', 1, ''), statistic: 'yes' }]),
  ],
  ['a disk that was not full', 'passed', accounted([seen], [insight('insight.diskspace.full', 0, '')])],
  [
    'what ZAP calls highly likely to impact the scan',
    'blind',
    accounted([seen], [{ ...insight('insight.memory.usage', 97, ''), level: 'High' }]),
  ],
  [
    'the same of another site',
    'passed',
    accounted([seen], [{ ...insight('insight.auth.failure', 40, 'https://cdn.example'), level: 'High' }]),
    { target: STAGING },
  ],
  ['80 % of the logins failed', 'blind', accounted([seen], [insight('insight.auth.failure', 80)])],
];

describe('the gate', () => {
  it.each(cases)('on %s: %s', async (_name, outcome, content, settings = {}) => {
    const read = await readReport([Buffer.from(JSON.stringify(content))]);
    expect(judge(read, { failOn: 'high', minUrls: 5, allowList: [], ...settings }).outcome).toBe(outcome);
  });

  it('names the reason of what is accepted, and the entries that accepted nothing', async () => {
    const read = await readReport([Buffer.from(JSON.stringify(report([seen, alert('40012', '3')])))]);
    const unused = { ...entry, rule: '90022' };
    const verdict = judge(read, { failOn: 'high', minUrls: 5, allowList: [entry, unused] });
    expect(verdict.findings[0]).toMatchObject({ rule: '40012', status: 'accepted', reason: entry.reason });
    expect(verdict.unused).toEqual([unused]);
  });
});
