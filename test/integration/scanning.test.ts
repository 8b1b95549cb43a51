import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { delivery } from '../../stacks/github-settings';
import { openApiDocument } from '../../example/routes/openapi';
import { useRun } from '../support/engines';
import { startExampleApi } from '../support/example-api';
import { startVulnerableTwin } from '../support/scan/vulnerable-twin';
import { scan, type WapitiReport } from '../support/scan/wapiti';
import { asZapReport } from '../support/scan/zap-report';

const CHECKOUT = join(__dirname, '../..');

/** What the security workflow does, with the scanner that can be had here: Debian's wapiti in place of ZAP. */
describe('a scan that the gate judges', () => {
  const run = useRun();

  it('passes on the example API, started as compose.test.yml starts it: nothing of medium risk or above', async () => {
    const api = await startExampleApi(run());
    try {
      const report = await scan(run(), {
        target: `${api.url}/`,
        paths: Object.keys(openApiDocument.paths as object).filter((path) => !path.includes('{')),
        token: api.token,
      });
      expect(report.crawled.length).toBeGreaterThan(8);
      expect(await gate(report)).toMatchObject({ code: 0 });
    } finally {
      await api.process.stop();
    }
  });

  it('fails on a twin with a reflected XSS, a form that anyone can send, and errors that tell too much', async () => {
    const twin = await startVulnerableTwin();
    try {
      const report = await scan(run(), { target: twin.url, paths: [] });
      const { code, output } = await gate(report);
      expect(output).toMatch(/Cross Site Scripting/i);
      expect(output).toMatch(/Cross Site Request Forgery/i);
      expect(output).toMatch(/SQL Injection|Internal Server Error/i);
      expect(code).toBe(1);
    } finally {
      twin.close();
    }
  });

  it('comes between staging and production', () => {
    const names = delivery.environments.map(({ name, scanned = false }) =>
      `${name} ${scanned ? 'scanned' : ''}`.trim(),
    );
    expect(names.indexOf('staging scanned')).toBeLessThan(names.indexOf('prod'));
  });

  async function gate(report: WapitiReport): Promise<{ code: number | null; output: string }> {
    const folder = await run().subfolder(`gate-${new URL(report.target).port}`);
    const file = join(folder, 'report_json.json');
    await writeFile(file, JSON.stringify(asZapReport(report)));
    const judged = await run().spawn({
      name: `zap-gate ${new URL(report.target).port}`,
      command: process.execPath,
      args: ['bootstrap.mjs', 'zap-gate', file, '--fail-on', 'medium', '--min-urls', '3'],
      cwd: CHECKOUT,
      env: process.env,
    });
    const { code } = await judged.exited;
    return { code, output: await readFile(judged.log, 'utf8') };
  }
});

/** What the container runs. */
