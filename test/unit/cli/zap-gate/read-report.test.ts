import { readReport } from '../../../../cli/src/zap-gate/report/read-report';
import { alert, instance, report, seen, site } from './reports';

const read = (content: unknown) => readReport([Buffer.from(JSON.stringify(content))]);

describe('a report', () => {
  it('is read with its version, its day and its places, whose queries are dropped', async () => {
    const found = await read(
      report([alert('40012', '3', { instances: [instance('/search?q=token-canary#x')] })]),
    );
    expect(found.version).toBe('2.16.1');
    expect(found.alerts[0]).toMatchObject({ rule: '40012', risk: 'high', cwe: '79', count: 1 });
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  it.each([
    ['is empty', '', 'is empty (0 bytes)'],
    ['is truncated', '{"site":[{"@name":"https://a","alerts":[{"riskcode":"3"', 'it is truncated'],
    ['is HTML', '<html>', 'not valid JSON near byte 0'],
    ['is a list', '[]', 'has no "site"'],
    ['is a bare value', '"site"', 'not an object'],
    ["is another tool's", '{"runs":[]}', 'has no "site"'],
    [
      'holds a risk twice',
      '{"site":[{"alerts":[{"riskcode":"3","riskcode":"0"}]}]}',
      'gives "riskcode" twice in one alert',
    ],
    ['is two reports', '{"site":[]}{"site":[]}', 'expected nothing more'],
  ])('that %s is refused with the reason', async (_name, text, reason) => {
    await expect(readReport([Buffer.from(text)])).rejects.toThrow(reason);
  });

  it('counts both alert sections of a site that has two', async () => {
    const text = '{"site":[{"@name":"https://a","alerts":[{"riskcode":"3"}],"alerts":[]}]}';
    expect((await readReport([Buffer.from(text)])).alerts).toHaveLength(1);
  });

  it('names that a prototype has are names like any other', async () => {
    const found = await readReport([
      Buffer.from('{"__proto__":{"a":[]},"constructor":[{}],"site":[{"toString":{},"alerts":[]}]}'),
    ]);
    expect(found.sites).toHaveLength(1);
  });

  it('keeps at most 1,000 places of an alert, and says that they are not all', async () => {
    const instances = Array.from({ length: 1_500 }, (_, index) => instance(`/item/${index}`));
    const found = await read(report([alert('10021', '1', { instances })]));
    expect(found.alerts[0]).toMatchObject({ count: 1_500, isPartial: true });
    expect(found.alerts[0]!.places).toHaveLength(1_000);
    expect(found.sites[0]!.urls).toBe(1_500);
  });

  it('keeps at most 20,000 places of all alerts together, and fewer never pass for all', async () => {
    const instances = Array.from({ length: 1_000 }, (_, index) => ({ uri: `/${index}`, method: 'GET' }));
    const text = `${JSON.stringify({ pluginid: '1', riskcode: '1', instances })},`.repeat(21).slice(0, -1);
    const found = await readReport([Buffer.from(`{"site":[{"alerts":[${text}]}]}`)]);
    expect(found.alerts.reduce((total, { places }) => total + places.length, 0)).toBe(20_000);
    expect(found.alerts.map(({ isPartial }) => isPartial)).toEqual([...Array<boolean>(20).fill(false), true]);
  });

  it('with more sites or alerts than a scan has is refused', async () => {
    await expect(read(report([], { site: Array.from({ length: 1_001 }, () => site([])) }))).rejects.toThrow(
      'more than 1000 sites',
    );
    const alerts = '{},'.repeat(100_001).slice(0, -1);
    await expect(readReport([Buffer.from(`{"site":[{"alerts":[${alerts}]}]}`)])).rejects.toThrow(
      'more than 100000 alerts',
    );
  });

  it('of 200 MB is read without holding it', async () => {
    const megabyte = Buffer.from(
      `${JSON.stringify(instance('/bulk', { evidence: 'x'.repeat(1_000_000) }))},`,
    );
    const alertHead = `{"pluginid":"10049","riskcode":"0","instances":[`;
    function* chunks(): Generator<Buffer> {
      yield Buffer.from(`{"site":[{"@name":"https://a","alerts":[${JSON.stringify(seen)},${alertHead}`);
      for (let count = 0; count < 200; count += 1) yield megabyte;
      yield Buffer.from(`${JSON.stringify(instance('/last'))}]},${JSON.stringify(alert('40012', '3'))}]}]}`);
    }
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    const found = await readReport(chunks());
    const after = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    expect(found.alerts.map(({ rule, risk }) => [rule, risk])).toEqual([
      ['10049', 'informational'],
      ['10049', 'informational'],
      ['40012', 'high'],
    ]);
    expect(found.alerts[1]!.count).toBe(201);
    expect(after - before).toBeLessThan(50_000_000);
  });
});
