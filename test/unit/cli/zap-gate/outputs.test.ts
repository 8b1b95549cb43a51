import { renderMarkdown } from '../../../../cli/src/zap-gate/render/markdown';
import { readReport } from '../../../../cli/src/zap-gate/report/read-report';
import { renderSarif } from '../../../../cli/src/zap-gate/render/sarif';
import { renderTable } from '../../../../cli/src/zap-gate/render/table';
import { judge, type GateSettings, type Verdict } from '../../../../cli/src/zap-gate/verdict';
import { alert, instance, report, seen } from './reports';

async function verdictOn(
  alerts: Record<string, unknown>[],
  settings: Partial<GateSettings> = {},
): Promise<Verdict> {
  const read = await readReport([Buffer.from(JSON.stringify(report(alerts)))]);
  return judge(read, { failOn: 'high', minUrls: 5, allowList: [], ...settings });
}

interface Sarif {
  runs: [{ tool: { driver: { rules: Record<string, unknown>[] } }; results: SarifResult[] }];
}
interface SarifResult {
  ruleId: string;
  level: string;
  locations: [{ physicalLocation: { artifactLocation: { uri: string } } }];
  partialFingerprints: Record<string, string>;
  suppressions?: unknown;
}
const sarifOf = (verdict: Verdict) => (JSON.parse(renderSarif(verdict)) as Sarif).runs[0];

describe('the outputs of the gate', () => {
  it('name each finding, worst first, and end with the verdict', async () => {
    const text = renderTable(await verdictOn([seen, alert('10021', '1'), alert('40012', '3')]));
    expect(text.indexOf('40012')).toBeLessThan(text.indexOf('10021'));
    expect(text).toMatch(
      /high {2}.*40012 .*failing {2}GET https:\/\/staging\.example\.com\/api\/transactions/,
    );
    expect(text).toContain(
      'zap-gate: failed: 1 alert of high risk (1 high, 0 medium, 1 low, 1 informational; 6 URLs)\n',
    );
  });

  it('fold what is below the threshold in Markdown', async () => {
    const text = renderMarkdown(await verdictOn([seen, alert('40012', '3')]));
    expect(text.startsWith('### ZAP scan failed: 1 alert of high risk')).toBe(true);
    expect(text.indexOf('40012')).toBeLessThan(text.indexOf('<details><summary>1 below the threshold'));
  });

  it('say why a scan is not believed', async () => {
    const verdict = await verdictOn([alert('10049', '0')]);
    expect(renderTable(verdict)).toContain('coverage: it saw 1 URLs, fewer than the 5 expected');
    expect(renderMarkdown(verdict)).toContain('### ZAP scan failed: the scan saw too little to be believed');
  });

  const hostile = alert('40012', '3', {
    name: '\u001b[2J\u202e|</details><script>x</script>[a](https://evil.example) @team ![i](http://e)\n::set-output name=a::b',
    instances: [
      instance('/a|b\u001b[31m\n| high | fake |?token=canary-query', {
        evidence: 'canary-evidence',
        attack: 'canary-attack',
      }),
    ],
  });

  it('let no text of the report move a cursor, break a table, link or mention anyone', async () => {
    const verdict = await verdictOn([seen, hostile]);
    const markdown = renderMarkdown(verdict);
    // eslint-disable-next-line no-control-regex -- that none is left is the claim
    expect(renderTable(verdict) + markdown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    const row = markdown.split('\n').find((line) => line.includes('40012'))!;
    expect(row.match(/\|/g)).toHaveLength(6);
    expect(row).not.toMatch(/[<>@[\]]|https?:\/\//);
    expect(markdown).not.toContain('\n::');
  });

  it('hold neither queries nor evidence nor attacks', async () => {
    const verdict = await verdictOn([seen, hostile]);
    expect(renderTable(verdict) + renderMarkdown(verdict) + renderSarif(verdict)).not.toContain('canary');
  });

  it('are SARIF that code scanning accepts: relative locations, levels, severities, stable fingerprints', async () => {
    const findings = [seen, alert('10038', '2'), alert('40012', '3')];
    const { tool, results } = sarifOf(await verdictOn(findings));
    expect(results[0]).toMatchObject({ ruleId: '40012', level: 'error' });
    expect(results[0]!.locations[0].physicalLocation.artifactLocation.uri).toBe('api/transactions');
    expect(tool.driver.rules[0]).toMatchObject({
      id: '40012',
      properties: { 'security-severity': '8.0', tags: ['security', 'external/cwe/cwe-79'] },
    });
    expect(results.map(({ ruleId }) => ruleId)).toContain('10038');
    expect(sarifOf(await verdictOn([...findings].reverse())).results[0]!.partialFingerprints).toEqual(
      results[0]!.partialFingerprints,
    );
    for (const { locations } of results)
      expect(locations[0].physicalLocation.artifactLocation.uri).not.toMatch(/^\/|:/);
  });

  it('are told in SARIF from those of another scan, where it has a category', async () => {
    const verdict = await verdictOn([seen]);
    const categoryOf = (text: string) =>
      (JSON.parse(text) as { runs: [{ automationDetails?: { id: string } }] }).runs[0].automationDetails?.id;
    expect(categoryOf(renderSarif(verdict, 'zap-full-report/free'))).toBe('zap-full-report/free/');
    expect(categoryOf(renderSarif(verdict))).toBeUndefined();
  });

  it('mark in SARIF what is accepted', async () => {
    const allowList = [{ rule: '40012', reason: 'accepted by the security team', expires: '2026-12-31' }];
    const [first] = sarifOf(await verdictOn([seen, alert('40012', '3')], { allowList })).results;
    expect(first!.suppressions).toEqual([
      { kind: 'external', justification: 'accepted by the security team' },
    ]);
  });
});
