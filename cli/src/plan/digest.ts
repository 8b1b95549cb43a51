import { createHash } from 'node:crypto';
import { changedAttributes, type Change } from './change';
import { ruleFor } from './rules';
import type { Value } from './values';

/** One planned change, as it is reviewed: secrets are veiled, order and format of the engine's output do not matter. */
export interface PlannedChange {
  readonly address: string;
  readonly action: Change['action'];
  /** The attributes that change, and what they were and will be. */
  readonly attributes: Readonly<Record<string, { readonly before: Value; readonly after: Value }>>;
}

export function normalized(changes: readonly Change[]): PlannedChange[] {
  return changes.map((change) => {
    const reviewed = reviewable(change);
    return {
      address: change.address,
      action: change.action,
      attributes: Object.fromEntries(
        changedAttributes(reviewed).map((name) => [
          name,
          { before: reviewed.before[name] ?? null, after: reviewed.after[name] ?? null },
        ]),
      ),
    };
  });
}

function reviewable(change: Change): Change {
  const { reviewable: pick } = ruleFor(change) ?? {};
  return pick ? { ...change, before: pick(change.before), after: pick(change.after) } : change;
}

/**
 * What a reviewer approves: the stack's name and the SHA-256 of its normalized change list, as in
 * `vault-prod:5f2c…`. The same configuration against the same infrastructure has the same digest.
 */
export function digestOf(stack: string, changes: readonly PlannedChange[]): string {
  const content = canonical({ stack, changes });
  return `${stack}:${createHash('sha256').update(content).digest('hex')}`;
}

/** JSON with the members of every object sorted by name. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
