import { createHash } from 'node:crypto';
import { changedAttributes, type Change } from '../change';
import { ruleFor } from '../rules';
import { exhibit } from '../shown/exhibit';
import { own, type Value } from '../values';
import { canonical } from './canonical';

/** One planned change, as it may be shown: order and format of the engine's output do not matter. */
export interface PlannedChange {
  readonly address: string;
  readonly action: Change['action'];
  /** The attributes that change, and what they were and will be. */
  readonly attributes: Readonly<Record<string, { readonly before: Value; readonly after: Value }>>;
}

export function normalized(changes: readonly Change[]): PlannedChange[] {
  return changes.map((change) => {
    const { before, after } = shownSides(change);
    return {
      address: change.address,
      action: change.action,
      attributes: Object.fromEntries(
        changedAttributes({ ...change, before, after }).map((name) => [
          name,
          {
            before: exhibit(change.type, name, own(before, name) ?? null),
            after: exhibit(change.type, name, own(after, name) ?? null),
          },
        ]),
      ),
    };
  });
}

function shownSides(change: Change): Pick<Change, 'before' | 'after'> {
  const pick = ruleFor(change)?.reviewable ?? ((attributes) => attributes);
  return { before: pick(change.before), after: pick(change.after) };
}

/**
 * What a reviewer approves, as in `vault-prod:5f2c…`: the SHA-256 of the stack's name, of the changes as they are shown,
 * and of the fingerprint of what would run. The same configuration with the same variables, data and providers, against
 * the same infrastructure, has the same digest; nothing else has.
 *
 * @param fingerprint see `reviewable()`.
 */
export function digestOf(stack: string, changes: readonly PlannedChange[], fingerprint: string): string {
  const content = canonical({ stack, changes, fingerprint });
  return `${stack}:${createHash('sha256').update(content).digest('hex')}`;
}
