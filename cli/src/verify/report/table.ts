import type { Paint } from '../../terminal/paint';
import { plain } from '../../terminal/text';
import type { Result } from '../checks';
import { countsOf, gradeOfAll } from '../grade';

const WORDS = {
  deviates: ['red', 'deviates'],
  unverified: ['yellow', 'not verified'],
  verified: ['green', 'verified'],
} as const;

/** What deviates, what was not verified, and how much is as the policy says. */
export function renderTable(results: readonly Result[], paint: Paint): string {
  const told = [...of(results, 'deviates'), ...of(results, 'unverified')];
  const width = Math.max(0, ...told.map(({ check }) => check.length));
  const lines = told.map(({ check, subject, outcome, sentence }) => {
    const [style, word] = WORDS[outcome];
    return `${paint(style, word.padEnd(12))}  ${check.padEnd(width)}  ${plain(subject)}: ${plain(sentence, 400)}`;
  });
  const { verified, deviates, unverified } = countsOf(results);
  const sum = `${verified} verified, ${deviates} deviate, ${unverified} not verified: ${gradeOfAll(results)}`;
  return `${[...lines, sum].join('\n')}\n`;
}

const of = (results: readonly Result[], outcome: Result['outcome']): Result[] =>
  results.filter((result) => result.outcome === outcome);
