/** Patterns of an IAM policy and of a route, as texts in which these characters are wildcards. */

/** Stands for one character that is no slash. */
export const IN_SEGMENT = '\u0000';
/** Stands for any number of characters that are no slash. */
export const IN_SEGMENT_REPEATED = '\u0001';
/** Stands for one character. */
export const ANYTHING = '\u0002';
/** Stands for any number of characters. */
export const ANYTHING_REPEATED = '\u0003';

/** Whether some text matches both patterns. */
export function meet(first: string, second: string): boolean {
  const known = new Map<number, boolean>();

  function from(i: number, j: number): boolean {
    const place = i * (second.length + 1) + j;
    let result = known.get(place);
    if (result === undefined) known.set(place, (result = decide(i, j)));
    return result;
  }

  function decide(i: number, j: number): boolean {
    const [a, b] = [first[i], second[j]];
    if (a === undefined && b === undefined) return true;
    // A repetition ends here, or takes one more of what the other side has.
    if (repeats(a)) return from(i + 1, j) || (agree(a, b) && from(i, j + 1));
    if (repeats(b)) return from(i, j + 1) || (agree(a, b) && from(i + 1, j));
    return agree(a, b) && from(i + 1, j + 1);
  }

  return from(0, 0);
}

/**
 * Whether an IAM pattern matches every text that another one matches. Both know one wildcard, `*`, which stands for any
 * characters, a `*` too; so it does if it matches the other pattern itself.
 */
export function includes(pattern: string, other: string): boolean {
  const quoted = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${quoted.join('.*')}$`, 's').test(other);
}

type Sign = string | undefined;

const repeats = (sign: Sign): boolean => sign === IN_SEGMENT_REPEATED || sign === ANYTHING_REPEATED;
const isAnything = (sign: Sign): boolean => sign === ANYTHING || sign === ANYTHING_REPEATED;
const isInSegment = (sign: Sign): boolean => sign === IN_SEGMENT || sign === IN_SEGMENT_REPEATED;

/** Whether some character matches both signs. */
function agree(a: Sign, b: Sign): boolean {
  if (a === undefined || b === undefined) return false;
  if (isAnything(a) || isAnything(b)) return true;
  if (isInSegment(a)) return b !== '/';
  if (isInSegment(b)) return a !== '/';
  return a === b;
}
