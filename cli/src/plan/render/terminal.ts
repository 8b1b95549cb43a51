import { styleText } from 'node:util';
import { plain } from '../../text';
import type { Grade } from '../grade';
import { describeCounts, destroyedForGood, linesOf, type StackSummary } from '../summary';

const COLOURS = { danger: 'red', unknown: 'magenta', notice: 'yellow', routine: 'dim' } as const;
const LONGEST = 500;

/** The summary of each stack, for a terminal. */
export function renderTerminal(summaries: readonly StackSummary[]): string {
  return summaries.map(renderStack).join('\n');
}

function renderStack(summary: StackSummary): string {
  const lines = linesOf(summary).map(
    ({ grade, subject, sentence }) => `  ${badge(grade)} ${plain(`${subject}: ${sentence}`, LONGEST)}`,
  );
  return [
    `${styleText('bold', summary.stack)}  ${describeCounts(summary.counts)}`,
    ...lines,
    ...destroyedForGood(summary).map(
      (address) => `  ${styleText('red', 'deploy wants')} --destroy ${plain(quoted(address), LONGEST)}`,
    ),
    ...(summary.digest === null
      ? summary.refused.map((why) => `  ${styleText('red', 'no digest')} ${plain(why, LONGEST)}`)
      : [`  ${styleText('dim', `digest ${summary.digest}`)}`]),
    '',
  ].join('\n');
}

/** As a shell takes it: addresses of instances have brackets and quotes. */
export function quoted(address: string): string {
  return /^[\w.-]+$/.test(address) ? address : `'${address.replaceAll("'", `'\\''`)}'`;
}

function badge(grade: Grade): string {
  return styleText(COLOURS[grade], grade.padEnd(7));
}
