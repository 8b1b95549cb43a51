import type { Paint } from '../../terminal/paint';
import { COLOURS } from '../../plan/render/terminal';
import { plain } from '../../terminal/text';
import { DIRECTIONS } from '../change';
import { countsInWords, HEADINGS, type PolicyDiff } from './summary';
import { routesInWords, whoInWords, witnessInWords } from './words';

const LONGEST = 400;

/** For a terminal: each row, and below it the request that shows it. */
export function renderTable(diff: PolicyDiff, paint: Paint): string {
  const sections = DIRECTIONS.flatMap((direction) => {
    const changes = diff.changes.filter((change) => change.direction === direction);
    if (changes.length === 0) return [];
    return [
      paint('bold', HEADINGS[direction]),
      ...changes.flatMap((change) => [
        `  ${paint(COLOURS[change.grade], change.grade.padEnd(7))} ${plain(`${whoInWords(change)}: ${routesInWords(change)}: ${change.sentence}`, LONGEST)}`,
        ...(change.witness === undefined
          ? []
          : [`          ${paint('dim', plain(witnessInWords(change.witness), LONGEST))}`]),
      ]),
    ];
  });
  const { policy, base, grade } = diff;
  return `${[...sections, plain(`${policy} against ${base}: ${countsInWords(diff)}: ${grade}`, LONGEST)].join('\n')}\n`;
}
