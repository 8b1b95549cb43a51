/** What a plan says besides what it would change: what others changed, and assertions that do not hold. */
import { z } from 'zod';
import { changedAttributes, type Attributes } from './change';
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

/** @param changing addresses of what the plan changes */
export function asidesOf(
  { resource_drift: drift, checks }: z.output<z.ZodObject<typeof asidesSchema>>,
  changing: ReadonlySet<string>,
): Aside[] {
  return [
    // What the plan does not put back stays as others made it: the engine says so itself.
    ...drift
      .filter(({ address }) => changing.has(address))
      .map(({ address, change }): Aside => ({ address, grade: 'notice', sentence: changedByOthers(change) })),
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

function changedByOthers({ actions, before, after }: z.output<typeof drifted>['change']): string {
  if (actions.includes('delete')) return 'was destroyed by somebody else, and the apply makes it anew';
  const names = changedAttributes({ before: attributes(before), after: attributes(after) });
  return `was changed by somebody else (${names.join(', ')}), and the apply puts it back`;
}

function attributes(side: unknown): Attributes {
  return isRecord(side) ? (side as Record<string, Value>) : {};
}
