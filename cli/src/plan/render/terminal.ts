import { painter, type Paint } from '../../terminal/paint';
import { plain } from '../../terminal/text';
import { describeCounts, destroyedForGood, linesOf, type StackSummary } from '../summary';

export const COLOURS = { danger: 'red', unknown: 'magenta', notice: 'yellow', routine: 'dim' } as const;
const LONGEST = 500;

/** The summary of each stack, for a terminal. @param paint for the stream that it goes to */
export function renderTerminal(
  summaries: readonly StackSummary[],
  paint: Paint = painter(process.stdout),
): string {
  return summaries.map((summary) => renderStack(summary, paint)).join('\n');
}

function renderStack(summary: StackSummary, paint: Paint): string {
  const { isForeign, digest, refused } = summary;
  const lines = linesOf(summary).map(
    ({ grade, subject, sentence }) =>
      `  ${paint(COLOURS[grade], grade.padEnd(7))} ${plain(`${subject}: ${sentence}`, LONGEST)}`,
  );
  return [
    `${paint('bold', summary.stack)}  ${describeCounts(summary.counts)}`,
    ...lines,
    ...destroyedForGood(summary).map((address) =>
      isForeign
        ? `  ${paint('red', 'cannot be had back')} ${plain(address, LONGEST)}`
        : `  ${paint('red', 'deploy wants')} --destroy ${plain(quoted(address), LONGEST)}`,
    ),
    ...(digest === null
      ? refused.map((why) => `  ${paint('red', 'no digest')} ${plain(why, LONGEST)}`)
      : [`  ${paint('dim', `digest ${digest}`)}`]),
    '',
  ].join('\n');
}

/** As a shell takes it: addresses of instances have brackets and quotes. */
export function quoted(address: string): string {
  return /^[\w.-]+$/.test(address) ? address : `'${address.replaceAll("'", `'\\''`)}'`;
}
