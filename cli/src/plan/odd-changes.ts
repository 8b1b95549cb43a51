/**
 * Changes as no engine writes them. What a side does not say, no rule can judge, so a plan with one is refused: it was
 * written by hand, or damaged.
 */
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from './values';

interface RawChange {
  readonly actions: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly after_unknown?: unknown;
}

/** What is odd about the change of a resource, in words; undefined where nothing is. */
export function oddityOf({
  actions,
  before = null,
  after = null,
  after_unknown: later,
}: RawChange): string | undefined {
  const sides = Object.entries({ before, after });
  const shapeless = sides.find(([, side]) => side !== null && !isRecord(side));
  if (shapeless !== undefined) return `its ${shapeless[0]} is no object`;
  if (later === true) return 'nothing of it is known before the apply (after_unknown is true)';
  for (const [name, side, expected] of [
    ['before', before, hasBefore(actions)],
    ['after', after, hasAfter(actions)],
  ] as const)
    if (expected !== undefined && expected !== (side !== null))
      return `where it is ${actions.join(' and ')}, its ${name} is ${expected ? 'an object' : 'null'}`;
  return differenceOf({ actions, before, after, after_unknown: later });
}

/** What differs, where the engine says that nothing does. */
export function differenceOf({
  actions,
  before = null,
  after = null,
  after_unknown: later,
}: RawChange): string | undefined {
  return doesNothing(actions) && !(isDeepStrictEqual(before, after) && !marksAnything(later))
    ? 'it is said not to change, and its before and after differ'
    : undefined;
}

const doesNothing = (actions: readonly string[]): boolean => actions.length === 1 && actions[0] === 'no-op';

/** Whether there is something before; undefined where either may be. */
function hasBefore(actions: readonly string[]): boolean | undefined {
  if (actions.some((action) => /^(update|delete|forget)$/.test(action))) return true;
  return actions.includes('create') ? false : undefined;
}

/** Whether there is something afterwards; undefined where either may be. */
function hasAfter(actions: readonly string[]): boolean | undefined {
  if (actions.some((action) => /^(create|update)$/.test(action))) return true;
  return actions.some((action) => /^(delete|forget)$/.test(action)) ? false : undefined;
}

function marksAnything(marks: unknown): boolean {
  return (
    marks === true ||
    (typeof marks === 'object' && marks !== null && Object.values(marks).some(marksAnything))
  );
}
