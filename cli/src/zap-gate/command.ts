import { InvalidArgumentError, type Command } from 'commander';
import { appendFileSync, createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { parseAllowList } from './allow-list';
import { failsWith } from '../terminal/report-failure';
import { headlineOf } from './render/headline';
import { renderMarkdown } from './render/markdown';
import { readReport } from './report/read-report';
import { RISKS, type Risk } from './report/report';
import { renderSarif } from './render/sarif';
import { renderTable } from './render/table';
import { judge, type Verdict } from './verdict';

interface GateOptions {
  readonly failOn: Risk;
  readonly minUrls: number;
  readonly target?: string;
  readonly allowList?: string;
  readonly summary?: string;
  readonly sarif?: string;
  readonly category?: string;
  readonly outputs?: string;
  readonly json?: boolean;
}

const EXIT_CODES = { passed: 0, failed: 1, blind: 2 } as const;
const UNUSABLE = 3;

/** `portcullis zap-gate`: exit code 0 passed, 1 failed, 2 the scan saw too little, 3 unusable report or options. */
export function register(program: Command): void {
  failsWith(program.command('zap-gate'), { usage: UNUSABLE, failed: UNUSABLE })
    .description(
      "judges ZAP's JSON report by severity: exit code 0 passed, 1 failed, 2 blind scan, 3 unusable",
    )
    .argument('<report.json>', "ZAP's traditional JSON report")
    .option('--fail-on <risk>', 'the least risk that fails: high or medium', parseThreshold, 'high')
    .option('--min-urls <count>', 'fewest distinct URLs that the scan must have seen', parseCount, 5)
    .option(
      '--target <origin>',
      'measure coverage on this origin alone, as in https://staging.example.com',
      parseOrigin,
    )
    .option('--allow-list <file>', 'accepted findings: a JSON list of { rule, url?, reason, expires }')
    .option('--summary <file>', 'append the verdict as Markdown, as to $GITHUB_STEP_SUMMARY')
    .option('--sarif <file>', 'write the findings as SARIF 2.1.0')
    .option('--category <name>', 'tells these findings in code scanning from those of another scan')
    .option('--outputs <file>', 'append verdict=, headline= and counts, as to $GITHUB_OUTPUT')
    .option('--json', 'the verdict as one JSON object on standard output')
    .action(async (report: string, options: GateOptions) => {
      process.exitCode = await run(report, options);
    });
}

async function run(path: string, options: GateOptions): Promise<number> {
  const today = new Date().toISOString().slice(0, 10);
  const allowList =
    options.allowList === undefined ? [] : parseAllowList(readFileSync(options.allowList, 'utf8'), today);
  const report = await readReport(
    createReadStream(path, { highWaterMark: 1 << 16 }) as AsyncIterable<Buffer>,
  );
  const verdict = judge(report, { ...options, allowList });
  publish(verdict, options);
  return EXIT_CODES[verdict.outcome];
}

function publish(verdict: Verdict, { summary, sarif, category, outputs, json }: GateOptions): void {
  process.stdout.write(json ? `${JSON.stringify(verdict, null, 2)}\n` : renderTable(verdict));
  if (summary !== undefined) appendFileSync(summary, renderMarkdown(verdict));
  if (sarif !== undefined) writeFileSync(sarif, renderSarif(verdict, category));
  if (outputs !== undefined) appendFileSync(outputs, renderOutputs(verdict));
}

/** Lines of `name=value`. None holds a text of the report, so none can start another line. */
function renderOutputs(verdict: Verdict): string {
  const counts = RISKS.map((risk) => `${risk}=${verdict.counts[risk]}`);
  // Without those that the allow-list accepts.
  const high = verdict.findings.filter(({ status, risk }) => status === 'failing' && risk === 'high').length;
  return [
    `verdict=${verdict.outcome}`,
    `headline=${headlineOf(verdict)}`,
    ...counts,
    `failing_high=${high}`,
    '',
  ].join('\n');
}

function parseThreshold(text: string): Risk {
  if (text === 'high' || text === 'medium') return text;
  throw new InvalidArgumentError('give high or medium.');
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('give a whole number above zero.');
}

/** An origin as ZAP names a site: without a path, and without the scheme's own port. */
function parseOrigin(text: string): string {
  // `localhost:3000` is a URL too, of the scheme `localhost`.
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError('give an http or https origin such as https://staging.example.com.');
  }
  return new URL(text).origin;
}
