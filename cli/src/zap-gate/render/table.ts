import { headlineOf } from './headline';
import { plain } from '../../terminal/text';
import { describePlaces } from './places';
import type { Finding, Verdict } from '../verdict';

const HEADINGS = ['risk', 'rule', 'alert', 'status', 'where'];

/** The verdict as a terminal shows it. Lines end with `\n`. */
export function renderTable(verdict: Verdict): string {
  const rows = [HEADINGS, ...verdict.findings.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [
    ...(verdict.findings.length > 0 ? [...table, ''] : []),
    ...verdict.coverage.problems.map((problem) => `coverage: ${plain(problem)}`),
    ...verdict.unused.map(({ rule }) => `allow-list: rule ${rule} accepted nothing; its entry can go`),
    `zap-gate: ${headlineOf(verdict)}`,
    '',
  ].join('\n');
}

function cells({ risk, variant, name, status, places, count }: Finding): string[] {
  return [risk, plain(variant, 12), plain(name, 60), status, plain(describePlaces(places, count, 1), 100)];
}
