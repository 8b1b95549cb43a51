import { headlineOf } from './headline';
import { markdownCell } from '../../terminal/text';
import { describePlaces } from './places';
import type { Finding, Verdict } from '../verdict';

/** GitHub cuts a job summary off at 1 MiB; a reader gives up far earlier. */
const MAX_ROWS = 200;

/** The verdict as a job summary (GitHub Flavored Markdown). Findings below the threshold are folded. */
export function renderMarkdown(verdict: Verdict): string {
  const relevant = verdict.findings.filter(({ status }) => status !== 'noted');
  const noted = verdict.findings.filter(({ status }) => status === 'noted');
  return [
    `### ZAP scan ${headlineOf(verdict)}`,
    '',
    ...verdict.coverage.problems.map((problem) => `- ${markdownCell(problem)}`),
    ...verdict.unused.map(({ rule }) => `- allow-list: rule ${rule} accepted nothing; its entry can go`),
    '',
    ...table(relevant),
    ...(noted.length > 0
      ? [
          `<details><summary>${noted.length} below the threshold</summary>`,
          '',
          ...table(noted),
          '</details>',
          '',
        ]
      : []),
  ].join('\n');
}

function table(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const rows = findings.slice(0, MAX_ROWS).map(row);
  const rest = findings.length - rows.length;
  return [
    '| risk | rule | alert | status | where |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...(rest > 0 ? [`and ${rest} more: see the uploaded report`, ''] : []),
  ];
}

function row({ risk, variant, name, status, reason, places, count }: Finding): string {
  const decided = reason === undefined ? status : `${status}: ${reason}`;
  const where = describePlaces(places, count);
  return `| ${[risk, variant, name, decided, where].map((text) => markdownCell(text, 300)).join(' | ')} |`;
}
