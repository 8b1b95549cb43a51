import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { until } from '../support/until';
import { choosePort } from '../../cli/src/engines/process/ports';
import { delivery } from '../../stacks/github-settings';
import { openApiDocument } from '../../example/openapi';
import { useRun } from '../support/engines';
import { startVulnerableTwin } from '../support/scan/vulnerable-twin';
import { scan, type WapitiReport } from '../support/scan/wapiti';
import { asZapReport } from '../support/scan/zap-report';

const CHECKOUT = join(__dirname, '../..');

/** What the security workflow does, with the scanner that can be had here: Debian's wapiti in place of ZAP. */
describe('a scan that the gate judges', () => {
  const run = useRun();

  it('passes on the example API, started as compose.test.yml starts it: nothing of medium risk or above', async () => {
    const [, ...args] = (await composed()).command;
    const port = await choosePort(undefined, 'the API');
    const api = await run().spawn({
      name: 'the API',
      command: process.execPath,
      args: args.map((arg) => (arg === '3000' ? String(port) : arg)),
      cwd: CHECKOUT,
      env: process.env,
      graceMs: 30_000,
    });
    try {
      const token = await until(async () => tokenIn(await readFile(api.log, 'utf8')));
      const report = await scan(run(), {
        target: `http://127.0.0.1:${port}/`,
        paths: Object.keys(openApiDocument.paths as object).filter((path) => !path.includes('{')),
        token,
      });
      expect(report.crawled.length).toBeGreaterThan(8);
      expect(await gate(report)).toMatchObject({ code: 0 });
    } finally {
      await api.stop();
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
async function composed(): Promise<{ command: string[] }> {
  const { services } = parse(await readFile(join(CHECKOUT, 'compose.test.yml'), 'utf8')) as {
    services: { app: { command: string[] } };
  };
  return services.app;
}

/** The token of the largest tier, as `npm start` prints it. */
function tokenIn(log: string): string {
  const token = /# enterprise\n.*Bearer ([\w.-]+)/.exec(log)?.[1];
  if (token === undefined || !log.includes('Serving after')) throw new Error('not serving yet');
  return token;
}
