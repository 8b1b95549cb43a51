import { markdownCell } from '../../terminal/text';
import type { Grade } from '../grade';
import { describeCounts, destroyedForGood, linesOf, type Line, type StackSummary } from '../summary';

/** GitHub refuses a comment of more than 65,536 characters. */
export const MAX_CHARACTERS = 60_000;
const MAX_ROWS = 150;

export const MARKS: Readonly<Record<Grade, string>> = {
  danger: '🔴',
  unknown: '🟣',
  notice: '🟡',
  routine: '⚪',
};

/**
 * The summary as a comment of a pull request (GitHub Flavored Markdown): one section a stack, routine changes
 * folded. The first line marks the comment, so that the next run can find and update it.
 */
export function renderMarkdown(summaries: readonly StackSummary[]): string {
  const marker = `<!-- portcullis-plan ${summaries.map(({ stack }) => stack.replace(/[^\w./-]/g, '')).join(' ')} -->`;
  const text = [marker, ...summaries.map(renderStack)].join('\n');
  if (text.length <= MAX_CHARACTERS) return text;
  const heads = summaries.map((summary) =>
    [...headOf(summary), 'Too large to show here: see the JSON of this run.', ''].join('\n'),
  );
  return [marker, ...heads].join('\n');
}

function renderStack(summary: StackSummary): string {
  const lines = linesOf(summary);
  const relevant = lines.filter(({ grade }) => grade !== 'routine');
  const routine = lines.filter(({ grade }) => grade === 'routine');
  return [
    ...headOf(summary),
    ...table(relevant),
    ...(routine.length > 0
      ? [`<details><summary>${routine.length} routine</summary>`, '', ...table(routine), '</details>', '']
      : []),
  ].join('\n');
}

function headOf(summary: StackSummary): string[] {
  const { stack, grade, counts, isForeign } = summary;
  const destroyed = destroyedForGood(summary);
  return [
    `### ${MARKS[grade]} ${markdownCell(stack)}: ${describeCounts(counts)}`,
    '',
    ...(isForeign ? [] : digestOf(summary)),
    ...destroyed
      .slice(0, MAX_ROWS)
      .map((address) => `- ${MARKS.danger} ${lossOf(markdownCell(address, 300), isForeign)}`),
    ...(destroyed.length > 0 ? [''] : []),
  ];
}

function digestOf({ digest, refused }: StackSummary): string[] {
  const lines =
    digest === null
      ? refused.slice(0, MAX_ROWS).map((why) => `- no digest: ${markdownCell(why, 300)}`)
      : [`digest \`${digest.replace(/[^\w:.-]/g, '')}\``];
  return [...lines, ''];
}

function lossOf(address: string, isForeign: boolean): string {
  return isForeign ? `${address} cannot be had back` : `no job destroys ${address}: deploy it with --destroy`;
}

function table(lines: readonly Line[]): string[] {
  if (lines.length === 0) return [];
  return gradedTable(['what', 'change'], lines, ({ subject, sentence }) => [
    markdownCell(subject),
    markdownCell(sentence, 300),
  ]);
}

/** A table whose first column is the grade; it tells how many rows it leaves out. */
export function gradedTable<T extends { readonly grade: Grade }>(
  columns: readonly string[],
  items: readonly T[],
  cellsOf: (item: T) => readonly string[],
): string[] {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const shown = items.slice(0, MAX_ROWS);
  const rest = items.length - shown.length;
  return [
    row(['grade', ...columns]),
    row(['---', ...columns.map(() => '---')]),
    ...shown.map((item) => row([`${MARKS[item.grade]} ${item.grade}`, ...cellsOf(item)])),
    '',
    ...(rest > 0 ? [`and ${rest} more: see the JSON of this run`, ''] : []),
  ];
}
