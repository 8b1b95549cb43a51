/** What a plan says besides what it would change: what others changed, and assertions that do not hold. */
import { z } from 'zod';
import { changedAttributes, type Attributes, type Change } from './change';
import type { Remark } from './grade';
import { isRecord, type Value } from './values';

/** Something about a resource or a check that no change of the plan says. */
export interface Aside extends Remark {
  readonly address: string;
}

const drifted = z.object({
  address: z.string(),
  change: z.object({
    actions: z.array(z.string()),
    before: z.unknown().optional(),
    after: z.unknown().optional(),
  }),
});

const check = z.object({
  address: z.object({ to_display: z.string() }),
  status: z.string(),
});

/** https://developer.hashicorp.com/terraform/internals/json-format#plan-representation */
export const asidesSchema = {
  resource_drift: z.array(drifted).default([]),
  checks: z.array(check).default([]),
};

export function asidesOf(
  { resource_drift: drift, checks }: z.output<z.ZodObject<typeof asidesSchema>>,
  changes: readonly Change[],
): Aside[] {
  const byAddress = new Map(changes.map((change) => [change.address, change]));
  return [
    ...drift.flatMap((entry) => driftOf(entry, byAddress.get(entry.address))),
    // The words of an assertion may hold any value.
    ...checks
      .filter(({ status }) => status === 'fail' || status === 'error')
      .map(({ address, status }): Aside => ({
        address: address.to_display,
        grade: 'notice',
        sentence: status === 'fail' ? 'does not hold' : 'could not be checked',
      })),
  ];
}

/** What the plan does not put back stays as others made it: the engine says so itself. */
function driftOf({ address, change }: z.output<typeof drifted>, planned: Change | undefined): Aside[] {
  if (planned === undefined) return [];
  const notice = (sentence: string): Aside[] => [{ address, grade: 'notice', sentence }];
  if (change.actions.includes('delete'))
    return notice('was destroyed by somebody else, and the apply makes it anew');
  const changing = changedAttributes(planned);
  const names = changedAttributes({
    before: attributes(change.before),
    after: attributes(change.after),
  }).filter((name) => changing.includes(name));
  return names.length > 0
    ? notice(`was changed by somebody else (${names.join(', ')}), and the apply puts it back`)
    : [];
}

function attributes(side: unknown): Attributes {
  return isRecord(side) ? (side as Record<string, Value>) : {};
}
