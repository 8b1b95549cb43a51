import { z } from 'zod';
import { PortcullisError } from '../errors';
import { SCRIPTS, type Action, type Attributes, type Change } from './change';
import { isRecord, veil, type Value } from './values';

const changeSchema = z.object({
  actions: z.array(z.enum(['no-op', 'create', 'read', 'update', 'delete', 'forget', 'open'])),
  importing: z.unknown().optional(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  after_unknown: z.unknown().optional(),
  before_sensitive: z.unknown().optional(),
  after_sensitive: z.unknown().optional(),
});

/** The part of the configuration that tells which provisioners run. */
const moduleSchema = z.object({
  resources: z
    .array(z.object({ address: z.string(), provisioners: z.array(z.unknown()).optional() }))
    .default([]),
  module_calls: z.record(z.string(), z.object({ module: z.unknown().optional() })).default({}),
});

/** The part of the engines' plan format 1.x that is read: `tofu show -json <plan>`. */
const planSchema = z.object({
  format_version: z.string().regex(/^1\./, 'expected format 1.x, of OpenTofu or Terraform 1.11 or newer'),
  errored: z.boolean().optional(),
  complete: z.boolean().optional(),
  // Terraform 1.14: what runs besides the changes.
  action_invocations: z.array(z.unknown()).max(0, 'it invokes actions, which nothing here judges').optional(),
  output_changes: z.record(z.string(), changeSchema).default({}),
  configuration: z.object({ root_module: moduleSchema.optional() }).default({}),
  resource_changes: z
    .array(
      z.object({
        address: z.string(),
        mode: z.enum(['managed', 'data', 'ephemeral']),
        type: z.string(),
        change: changeSchema,
      }),
    )
    .default([]),
});

type RawChange = z.output<typeof planSchema>['resource_changes'][number];

/**
 * Reads what a plan would change, secrets veiled. Resources that it only reads, or does not change, are left out.
 *
 * @param text what the engine's `show -json` printed.
 * @throws PortcullisError `ERR_PLAN_UNREADABLE` when it is no plan, or one that was not finished.
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
  const { resource_changes: resources, output_changes: outputs, configuration } = plan.data;
  const scripts = provisionersOf(configuration.root_module);
  return [
    ...resources.filter(({ mode }) => mode === 'managed').flatMap((raw) => toChange(raw, scripts)),
    ...Object.entries(outputs).flatMap(([name, change]) =>
      toChange({ address: `output.${name}`, type: 'output', change: wrapped(change) }),
    ),
  ].sort((one, other) => (one.address < other.address ? -1 : 1));
}

type Scripts = ReadonlyMap<string, unknown>;

function toChange({ address, type, change }: Omit<RawChange, 'mode'>, scripts?: Scripts): Change[] {
  const action = actionOf(change);
  if (action === undefined) return [];
  const runs = scripts?.get(address.replace(/\[[^\]]*\]/g, ''));
  const doomed = action === 'delete' || action === 'forget';
  const before = attributes(veil(change.before, change.before_sensitive));
  const after = attributes(veil(change.after, change.after_sensitive, change.after_unknown));
  const script = runs === undefined || action === 'update' ? {} : { [SCRIPTS]: veil(runs, undefined) };
  return [
    {
      address,
      type,
      action,
      before: doomed ? { ...before, ...script } : before,
      after: doomed ? after : { ...after, ...script },
    },
  ];
}

/** Provisioners by the address of their resource, without its index. */
function provisionersOf(module: unknown, prefix = ''): Scripts {
  const found = new Map<string, unknown>();
  const { resources, module_calls: calls } = moduleSchema.parse(module ?? {});
  for (const { address, provisioners = [] } of resources) {
    if (provisioners.length > 0) found.set(prefix + address, provisioners);
  }
  for (const [name, call] of Object.entries(calls)) {
    for (const [address, scripts] of provisionersOf(call.module, `${prefix}module.${name}.`)) {
      found.set(address, scripts);
    }
  }
  return found;
}

/** Gives an output the shape of a resource: one attribute, `value`. */
function wrapped(change: z.output<typeof changeSchema>): z.output<typeof changeSchema> {
  const value = (part: unknown) => ({ value: part });
  return {
    ...change,
    before: value(change.before),
    after: value(change.after),
    after_unknown: value(change.after_unknown),
    before_sensitive: value(change.before_sensitive),
    after_sensitive: value(change.after_sensitive),
  };
}

function actionOf({ actions, importing }: RawChange['change']): Action | undefined {
  if (actions.length > 1) return 'replace';
  const [action] = actions;
  if (action === 'no-op' && importing !== undefined && importing !== null) return 'import';
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

function unreadable(reason: string): PortcullisError {
  return new PortcullisError(
    'ERR_PLAN_UNREADABLE',
    `the plan cannot be read: ${reason}`,
    'plan again with OpenTofu, or with Terraform 1.11 or newer',
  );
}
