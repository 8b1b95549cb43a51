import { gradedTable, MARKS, MAX_CHARACTERS } from '../../plan/render/markdown';
import { markdownCell } from '../../terminal/text';
import { DIRECTIONS, type PolicyChange } from '../change';
import { countsInWords, HEADINGS, type PolicyDiff } from './summary';
import { routesInWords, whoInWords, witnessInWords } from './words';

/** A section of a pull request's comment, as a plan's is. Narrowings are folded: nobody is let in by them. */
export function renderMarkdown(diff: PolicyDiff): string {
  const head = headOf(diff);
  const text = [
    ...head,
    ...DIRECTIONS.flatMap((direction) => {
      const changes = diff.changes.filter((change) => change.direction === direction);
      if (changes.length === 0) return [];
      const title = HEADINGS[direction];
      return direction === 'widening'
        ? [`**${title}**`, '', ...table(changes)]
        : [
            `<details><summary>${title}: ${changes.length}</summary>`,
            '',
            ...table(changes),
            '</details>',
            '',
          ];
    }),
  ].join('\n');
  return text.length <= MAX_CHARACTERS
    ? text
    : [...head, 'Too large to show here: see the JSON of this run.', ''].join('\n');
}

function headOf(diff: PolicyDiff): string[] {
  const { policy, base, grade } = diff;
  return [
    // The first line marks the comment, so that the next run can find and update it.
    `<!-- portcullis-policy-diff ${policy.replace(/[^\w-]/g, '')} -->`,
    `### ${MARKS[grade]} policy ${markdownCell(policy)}: ${countsInWords(diff)}`,
    '',
    `compared with ${markdownCell(base)}`,
    '',
  ];
}

function table(changes: readonly PolicyChange[]): string[] {
  return gradedTable(['who', 'where', 'change', 'try it'], changes, (change) =>
    [
      whoInWords(change),
      routesInWords(change),
      change.sentence,
      change.witness ? witnessInWords(change.witness) : '',
    ].map((text) => markdownCell(text, 300)),
  );
}
