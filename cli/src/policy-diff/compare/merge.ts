import { GRADES } from '../../plan/grade';
import { DIRECTIONS, type PolicyChange } from '../change';

/** Rows that say the same of several callers become one, and so do those of several routes. The worst come first. */
export function merged(changes: readonly PolicyChange[]): PolicyChange[] {
  const byCallers = grouped(
    changes,
    ({ routes }) => routes,
    (all) => ({ who: union(all.map(({ who }) => who)) }),
  );
  const byRoutes = grouped(
    byCallers,
    ({ who }) => who,
    (all) => ({ routes: union(all.map(({ routes }) => routes)) }),
  );
  return byRoutes.sort(
    (a, b) =>
      DIRECTIONS.indexOf(a.direction) - DIRECTIONS.indexOf(b.direction) ||
      GRADES.indexOf(b.grade) - GRADES.indexOf(a.grade),
  );
}

function grouped(
  changes: readonly PolicyChange[],
  same: (change: PolicyChange) => unknown,
  together: (group: readonly PolicyChange[]) => Partial<PolicyChange>,
): PolicyChange[] {
  const groups = new Map<string, [PolicyChange, ...PolicyChange[]]>();
  for (const change of changes) {
    const { direction, aspect, grade, sentence, witness } = change;
    const key = JSON.stringify([direction, aspect, grade, sentence, witness !== undefined, same(change)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  }
  return [...groups.values()].map((group) => ({ ...group[0], ...together(group) }));
}

const union = (lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())];
