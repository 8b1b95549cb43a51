import type { Paint } from '../terminal/paint';
import { plain, wrapped } from '../terminal/text';
import type { Finding } from './finding';

const TITLES = { machine: 'This machine', config: 'This repository', target: 'The environment' } as const;
const MARKS = {
  right: ['✓', 'green'],
  wrong: ['✗', 'red'],
  unknown: ['?', 'cyan'],
} as const;

/**
 * A line for each finding, and below what is wrong, what mends it.
 *
 * @param width of a line, in columns. Only a word that is longer makes a line wider.
 */
export function renderFindings(findings: readonly Finding[], paint: Paint, width = 80): string {
  const parts = [...new Set(findings.map(({ part }) => part))];
  const sections = parts.map((part) =>
    [
      TITLES[part],
      ...findings.filter((one) => one.part === part).map((one) => lineOf(one, paint, width)),
    ].join('\n'),
  );
  const wrong = findings.filter(({ state }) => state === 'wrong').length;
  return `${sections.join('\n\n')}\n\n${wrong === 0 ? 'Nothing is wrong.' : `${wrong} to mend.`}\n`;
}

function lineOf({ state, found, mend }: Finding, paint: Paint, width: number): string {
  const [mark, colour] = MARKS[state];
  const told = wrapped(plain(found, 1_000), width - 4).join('\n    ');
  const mended =
    mend === undefined ? '' : `\n    → ${wrapped(plain(mend, 1_000), width - 6).join('\n      ')}`;
  return `  ${paint(colour, mark)} ${told}${mended}`;
}
