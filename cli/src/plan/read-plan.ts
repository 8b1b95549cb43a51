import { z } from 'zod';
import type { Action, Attributes, Change } from './change';
import { PlanError } from './errors';
import { isRecord, veil, type Value } from './values';

/** The part of the engines' plan format 1.x that is read: `tofu show -json <plan>`. */
const planSchema = z.object({
  format_version: z.string().regex(/^1\./, 'expected format 1.x, of OpenTofu or Terraform 1.11 or newer'),
  errored: z.boolean().optional(),
  complete: z.boolean().optional(),
  resource_changes: z
    .array(
      z.object({
        address: z.string(),
        mode: z.enum(['managed', 'data', 'ephemeral']),
        type: z.string(),
        change: z.object({
          actions: z.array(z.enum(['no-op', 'create', 'read', 'update', 'delete', 'forget', 'open'])),
          before: z.unknown().optional(),
          after: z.unknown().optional(),
          after_unknown: z.unknown().optional(),
          before_sensitive: z.unknown().optional(),
          after_sensitive: z.unknown().optional(),
        }),
      }),
    )
    .default([]),
});

type RawChange = z.output<typeof planSchema>['resource_changes'][number];

/**
 * Reads what a plan would change, secrets veiled. What it only reads, or leaves as it is, is left out.
 *
 * @param text what the engine's `show -json` printed.
 * @throws PlanError `ERR_PLAN_UNREADABLE` when it is no plan, or one that was not finished.
 */
export function readPlan(text: string): Change[] {
  const plan = planSchema.safeParse(parseJson(text));
  if (!plan.success) {
    const [issue] = plan.error.issues;
    throw unreadable(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a plan'}`);
  }
  if (plan.data.errored === true || plan.data.complete === false) {
    throw unreadable('it is not complete: the engine failed while planning, or deferred a part');
  }
  return plan.data.resource_changes
    .filter(({ mode }) => mode === 'managed')
    .flatMap(toChange)
    .sort((one, other) => (one.address < other.address ? -1 : 1));
}

function toChange({ address, type, change }: RawChange): Change[] {
  const action = actionOf(change.actions);
  if (action === undefined) return [];
  return [
    {
      address,
      type,
      action,
      before: attributes(veil(change.before, change.before_sensitive)),
      after: attributes(veil(change.after, change.after_sensitive, change.after_unknown)),
    },
  ];
}

function actionOf(actions: RawChange['change']['actions']): Action | undefined {
  if (actions.length > 1) return 'replace';
  const [action] = actions;
  return action === 'create' || action === 'update' || action === 'delete' || action === 'forget'
    ? action
    : undefined;
}

function attributes(value: Value): Attributes {
  return isRecord(value) ? value : {};
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable('it is not JSON');
  }
}

function unreadable(reason: string): PlanError {
  return new PlanError('ERR_PLAN_UNREADABLE', `the plan cannot be read: ${reason}`);
}
