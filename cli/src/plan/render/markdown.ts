import { markdownCell } from '../../text';
import type { Grade } from '../grade';
import { describeCounts, destroyedForGood, linesOf, type Line, type StackSummary } from '../summary';

/** GitHub refuses a comment of more than 65,536 characters. */
const MAX_CHARACTERS = 60_000;
const MAX_ROWS = 150;

const MARKS: Readonly<Record<Grade, string>> = { danger: '🔴', unknown: '🟣', notice: '🟡', routine: '⚪' };

/**
 * The summary as a comment of a pull request (GitHub Flavored Markdown): one section a stack, routine changes
 * folded. The first line marks the comment, so that the next run can find and update it.
 */
export function renderMarkdown(summaries: readonly StackSummary[]): string {
  const marker = `<!-- portcullis-plan ${summaries.map(({ stack }) => stack.replace(/[^\w-]/g, '')).join(' ')} -->`;
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
  const { stack, grade, counts, digest, refused } = summary;
  const destroyed = destroyedForGood(summary);
  return [
    `### ${MARKS[grade]} ${markdownCell(stack)}: ${describeCounts(counts)}`,
    '',
    ...(digest === null
      ? refused.slice(0, MAX_ROWS).map((why) => `- no digest: ${markdownCell(why, 300)}`)
      : [`digest \`${digest.replace(/[^\w:.-]/g, '')}\``]),
    '',
    ...destroyed
      .slice(0, MAX_ROWS)
      .map(
        (address) =>
          `- ${MARKS.danger} no job destroys ${markdownCell(address, 300)}: deploy it with --destroy`,
      ),
    ...(destroyed.length > 0 ? [''] : []),
  ];
}

function table(lines: readonly Line[]): string[] {
  if (lines.length === 0) return [];
  const rows = lines
    .slice(0, MAX_ROWS)
    .map(
      ({ grade, subject, sentence }) =>
        `| ${MARKS[grade]} ${grade} | ${markdownCell(subject)} | ${markdownCell(sentence, 300)} |`,
    );
  const rest = lines.length - rows.length;
  return [
    '| grade | what | change |',
    '| --- | --- | --- |',
    ...rows,
    '',
    ...(rest > 0 ? [`and ${rest} more: see the JSON of this run`, ''] : []),
  ];
}
