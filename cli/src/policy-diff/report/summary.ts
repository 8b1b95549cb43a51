import { worst, type Grade } from '../../plan/grade';
import type { Direction, PolicyChange } from '../change';

/** What became of the policy of an API. */
export interface PolicyDiff {
  /** The API's name. */
  readonly policy: string;
  /** What it was compared with, in words. */
  readonly base: string;
  readonly grade: Grade;
  readonly changes: readonly PolicyChange[];
}

export function policyDiff(policy: string, base: string, changes: readonly PolicyChange[]): PolicyDiff {
  return { policy, base, grade: worst(changes.map(({ grade }) => grade)), changes };
}

/** Headings of the rows, in this order. */
export const HEADINGS: Readonly<Record<Direction, string>> = {
  widening: 'who can now do what they could not',
  narrowing: 'who can no longer do what they could',
  other: 'what else is different',
};

/** `2 widenings, 1 narrowing`. */
export function countsInWords({ changes }: PolicyDiff): string {
  const parts = (['widening', 'narrowing', 'other'] as const).flatMap((direction) => {
    const count = changes.filter((change) => change.direction === direction).length;
    if (count === 0) return [];
    return [direction === 'other' ? `${count} other` : `${count} ${direction}${count === 1 ? '' : 's'}`];
  });
  return parts.join(', ') || 'every request is decided as before';
}
