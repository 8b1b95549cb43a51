/** Every error code of the product, and the page that lists them. */
import { APP } from './errors/app';
import { COMMAND } from './errors/cli';
import { CONSTRUCTS } from './errors/constructs';
import type { ErrorGroup, Explanation } from './errors/explanation';
import { SECRETS } from './errors/secrets';

export const GROUPS: readonly ErrorGroup[] = [APP, SECRETS, CONSTRUCTS, COMMAND];

const EXPLANATIONS: ReadonlyMap<string, Explanation> = new Map(
  GROUPS.flatMap(({ errors }) => Object.entries(errors)),
);

export const CODES: readonly string[] = [...EXPLANATIONS.keys()];

export interface Explained extends Explanation {
  readonly code: string;
}

/** @param code in any case, with hyphens or underscores, with or without `ERR_`. */
export function explain(code: string): Explained | undefined {
  const full = fullCode(code);
  const explanation = EXPLANATIONS.get(full);
  return explanation && { code: full, ...explanation };
}

/** The codes that somebody may have meant, the likeliest first. */
export function nearest(code: string, most = 3): string[] {
  const words = wordsOf(fullCode(code));
  return CODES.map((known) => ({ known, likeness: likeness(words, wordsOf(known)) }))
    .filter(({ likeness }) => likeness > 0)
    .sort((one, other) => other.likeness - one.likeness)
    .slice(0, most)
    .map(({ known }) => known);
}

/** `docs/errors.md`, whole. */
export function renderPage(): string {
  const sections = GROUPS.flatMap(({ title, about, errors }) => [
    `## ${title}`,
    about,
    ...Object.entries(errors).flatMap(([code, { cause, remedy }]) => [`### ${code}`, cause, remedy]),
  ]);
  return `${[
    '# Errors',
    'Each error has a `code` that does not change; its message may, and ends with the code. `portcullis explain` with a code prints its paragraph, and without one this page, which is made that way.',
    ...sections,
  ].join('\n\n')}\n`;
}

function fullCode(code: string): string {
  const upper = code
    .trim()
    .toUpperCase()
    .replace(/[\s-]+/g, '_');
  return upper.startsWith('ERR_') ? upper : `ERR_${upper}`;
}

const wordsOf = (code: string): string[] => code.split('_').slice(1);

/** How many words of one are words of the other, as they are or mistyped, of all there are. */
function likeness(typed: readonly string[], known: readonly string[]): number {
  const shared = typed.filter((word) => known.some((other) => isNear(word, other))).length;
  return shared / Math.max(typed.length, known.length);
}

/** The same but for letters that are left out, added, changed or swapped: one in four of them at most. */
function isNear(word: string, other: string): boolean {
  const most = Math.floor(Math.max(word.length, other.length) / 4);
  return Math.abs(word.length - other.length) <= most && distance(word, other) <= most;
}

/** Levenshtein's distance. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(one).entries()) {
    const next = [index + 1];
    for (const [column, against] of Array.from(other).entries()) {
      const replaced = (row[column] ?? 0) + (letter === against ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
