import { z } from 'zod';
import { PortcullisError } from '../errors';
import { asidesOf, asidesSchema, type Aside } from './asides';
import { byName } from './by-name';
import { parseExactly } from './digest/canonical';
import { SCRIPTS, type Action, type Attributes, type Change } from './change';
import { namesTwice } from './names-twice';
import { differenceOf, oddityOf } from './odd-changes';
import { isRecord, veil, Veiled, type Value } from './values';

const changeSchema = z.object({
  // A check of lengths would read that of an object too, and turn what it finds there into a text.
  actions: z
    .array(z.enum(['no-op', 'create', 'read', 'update', 'delete', 'forget', 'open']))
    .refine(({ length }) => length > 0, 'expected an action, as in ["update"]'),
  importing: z.unknown().optional(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  after_unknown: z.unknown().optional(),
  before_sensitive: z.unknown().optional(),
  after_sensitive: z.unknown().optional(),
});

/** The part of the configuration that tells which programs run. */
const moduleSchema = z.object({
  resources: z
    .array(
      z.object({
        address: z.string(),
        mode: z.string().optional(),
        type: z.string().optional(),
        provisioners: z.array(z.unknown()).optional(),
      }),
    )
    .default([]),
  module_calls: byName(z.object({ module: z.unknown().optional() })),
});

/** The part of the engines' plan format 1.x that is read: `tofu show -json <plan>`. */
const planSchema = z.object({
  format_version: z
    .string()
    .refine((version) => version.startsWith('1.'), 'expected format 1.x, as in "1.2"'),
  errored: z.boolean().optional(),
  complete: z.boolean().optional(),
  deferred_changes: z.array(z.unknown()).optional(),
  // Terraform 1.14: what runs besides the changes.
  action_invocations: z
    .array(z.unknown())
    .refine(({ length }) => length === 0, 'it invokes actions, which nothing here judges')
    .optional(),
  output_changes: byName(changeSchema),
  configuration: z.object({ root_module: moduleSchema.optional() }).default({}),
  resource_changes: z
    .array(
      z.object({
        address: z.string(),
        previous_address: z.string().optional(),
        deposed: z.string().optional(),
        mode: z.enum(['managed', 'data', 'ephemeral']),
        type: z.string(),
        provider_name: z.string().optional(),
        change: changeSchema,
      }),
    )
    .default([]),
  ...asidesSchema,
});

type RawChange = z.output<typeof planSchema>['resource_changes'][number];

export interface ReadPlan {
  readonly changes: readonly Change[];
  readonly asides: readonly Aside[];
}

/** What a plan would change: see `readWholePlan()`. */
export function readPlan(...given: Parameters<typeof readWholePlan>): Change[] {
  return [...readWholePlan(...given).changes];
}

/**
 * Reads what a plan would change, secrets veiled, and what it says besides. Resources that it only reads, or does not
 * change, are left out.
 *
 * @param text what the engine's `show -json` printed.
 * @param removals what the configuration removes with a program, which no plan tells of: see `programsOfRemovals()`.
 * @param remedy how to get a plan that can be read.
 * @throws PortcullisError `ERR_PLAN_UNREADABLE` when it is no plan, or one that was not finished.
 */
export function readWholePlan(text: string, removals: readonly string[] = [], remedy = PLAN_AGAIN): ReadPlan {
  try {
    return contentOf(text, removals);
  } catch (error) {
    const reason =
      error instanceof RangeError ? 'it is nested too deeply' : error instanceof Unreadable && error.message;
    if (typeof reason !== 'string') throw error;
    throw new PortcullisError('ERR_PLAN_UNREADABLE', `the plan cannot be read: ${reason}`, remedy);
  }
}

const PLAN_AGAIN = 'plan again with OpenTofu, or with Terraform 1.11 or newer';

/** Why a plan cannot be read. */
class Unreadable extends Error {}

function contentOf(text: string, removals: readonly string[]): ReadPlan {
  const plan = planSchema.safeParse(parseJson(text));
  if (!plan.success) throw new Unreadable(describe('', plan.error));
  const { errored, complete, deferred_changes: deferred = [] } = plan.data;
  if (errored === true) throw new Unreadable('it is not complete: the engine failed while planning');
  if (deferred.length > 0) throw new Unreadable('it is not complete: the engine deferred a part');
  if (complete === false)
    throw new Unreadable('it is not complete: the engine deferred a part, or was told to plan one (-target)');
  const { resource_changes: resources, output_changes: outputs, configuration } = plan.data;
  refuseOdd(resources, outputs);
  const changes = changesOf(resources, outputs, { ...programsOf(configuration.root_module), removals });
  return { changes, asides: asidesOf(plan.data, changes) };
}

function refuseOdd(resources: readonly RawChange[], outputs: ReadonlyMap<string, RawChange['change']>): void {
  const seen = new Set<string>();
  for (const { address, deposed = '', change } of resources) {
    const key = JSON.stringify([address, deposed]);
    const oddity = seen.has(key) ? 'it is there twice' : oddityOf(change);
    if (oddity !== undefined)
      throw new Unreadable(`${address.slice(0, 200)}: ${oddity}, as no engine writes it`);
    seen.add(key);
  }
  for (const [name, change] of outputs) {
    const oddity = differenceOf(change);
    if (oddity !== undefined) throw new Unreadable(`output.${name.slice(0, 200)}: ${oddity}`);
  }
}

function changesOf(
  resources: readonly RawChange[],
  outputs: ReadonlyMap<string, RawChange['change']>,
  programs: Programs & { readonly removals: readonly string[] },
): Change[] {
  const external = new Set([
    ...programs.external,
    ...resources.filter(isProgram).map(({ address }) => withoutKeys(address)),
  ]);
  return [
    ...resources.filter(({ mode }) => mode === 'managed').flatMap((raw) => toChange(raw, programs)),
    ...resources.filter((raw) => raw.mode === 'data' && !isProgram(raw)).flatMap(toRead),
    ...[...external].map((address) => readOf(address, 'external')),
    ...[...outputs].flatMap(([name, change]) =>
      toChange({ address: `output.${name}`, type: 'output', change: wrapped(change) }),
    ),
  ].sort((one, other) => (one.address < other.address ? -1 : one.address > other.address ? 1 : 0));
}

/** What runs on the machine that plans or deploys. */
interface Programs {
  /** By the address of their resource, without its index. */
  readonly provisioners: ReadonlySet<string>;
  /** Addresses of data sources that are programs: they run at every plan. */
  readonly external: readonly string[];
}

const isProgram = ({
  mode,
  type,
}: {
  readonly mode?: string | undefined;
  readonly type?: string | undefined;
}): boolean => mode === 'data' && type === 'external';

/** An address without the keys of instances: `a.b["c"]` → `a.b`. */
const withoutKeys = (address: string): string => address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, '');

/** Data that is read at the apply only, because it depends on what is applied. */
function toRead({ address, type, change: { actions } }: RawChange): Change[] {
  return actions.includes('read') ? [readOf(address, `data.${type}`)] : [];
}

function readOf(address: string, type: string): Change {
  return { address, type, action: 'read', before: {}, after: {} };
}

function toChange(
  raw: Omit<RawChange, 'mode'>,
  { provisioners, removals }: Partial<Parameters<typeof changesOf>[2]> = {},
): Change[] {
  const { address, type, provider_name: provider, change } = raw;
  const action = actionOf(raw);
  if (action === undefined) return [];
  const name = withoutKeys(address);
  const doomed = action === 'delete' || action === 'forget';
  const removed = doomed && removals?.some((from) => name === from || name.startsWith(`${from}.`));
  const runs = removed === true || provisioners?.has(name) === true;
  // A mark that is lifted, or set, by this very change veils both values.
  const sensitive = [change.before_sensitive, change.after_sensitive];
  const before = attributes(veil(change.before, sensitive));
  const after = attributes(veil(change.after, sensitive, change.after_unknown));
  const script = !runs || action === 'update' ? {} : { [SCRIPTS]: Veiled.WITHHELD };
  return [
    {
      address,
      type,
      ...(provider !== undefined && { provider }),
      action,
      before: doomed ? { ...before, ...script } : before,
      after: doomed ? after : { ...after, ...script },
    },
  ];
}

/** No configuration nests modules deeper. */
const DEEPEST_MODULE = 50;

function programsOf(module: unknown, prefix = '', depth = 0): Programs {
  if (depth > DEEPEST_MODULE) throw new RangeError('modules are nested too deeply');
  const parsed = moduleSchema.safeParse(module ?? {});
  if (!parsed.success) throw new Unreadable(describe('configuration', parsed.error));
  const { resources, module_calls: calls } = parsed.data;
  const inner = [...calls].map(([name, call]) =>
    programsOf(call.module, `${prefix}module.${name}.`, depth + 1),
  );
  const withScripts = resources.filter(({ provisioners = [] }) => provisioners.length > 0);
  const programs = resources.filter(isProgram);
  return {
    provisioners: new Set([
      ...withScripts.map(({ address }) => prefix + address),
      ...inner.flatMap(({ provisioners }) => [...provisioners]),
    ]),
    external: [
      ...programs.map(({ address }) => prefix + address),
      ...inner.flatMap(({ external }) => external),
    ],
  };
}

/** Gives an output the shape of a resource: one attribute, `value`. */
function wrapped(change: z.output<typeof changeSchema>): z.output<typeof changeSchema> {
  const value = (part: unknown) => ({ value: part });
  const { before_sensitive: was, after_sensitive: will } = change;
  const marked = (mark: unknown) => (change.actions[0] === 'update' && was !== will ? { secret: mark } : {});
  return {
    ...change,
    before: { ...value(change.before), ...marked(was === true) },
    after: { ...value(change.after), ...marked(will === true) },
    after_unknown: value(change.after_unknown),
    before_sensitive: value(change.before_sensitive),
    after_sensitive: value(change.after_sensitive),
  };
}

function actionOf({
  address,
  previous_address: previous,
  change: { actions, importing },
}: Pick<RawChange, 'address' | 'previous_address' | 'change'>): Action | undefined {
  if (actions.length > 1) return 'replace';
  const [action] = actions;
  // A change of nothing but the address, as by a `moved` block.
  if (action === 'no-op' && previous !== undefined && previous !== address) return 'move';
  if (action === 'no-op' && importing !== undefined && importing !== null) return 'import';
  return action === 'create' || action === 'update' || action === 'delete' || action === 'forget'
    ? action
    : undefined;
}

function attributes(value: Value): Attributes {
  return isRecord(value) ? value : {};
}

function parseJson(text: string): unknown {
  const plan = parsed(text);
  if (namesTwice(text, plan)) throw new Unreadable('an object in it has two members of one name');
  return plan;
}

function parsed(text: string): unknown {
  try {
    // Two numbers that differ in their last digit would be one, and the change nowhere.
    return parseExactly(text);
  } catch {
    throw new Unreadable('it is not JSON');
  }
}

/** The first problem, with its path. Values of a plan may be secret, and are left out. */
function describe(part: string, { issues: [issue] }: z.ZodError): string {
  const path = [part, ...(issue?.path ?? [])].filter((name) => name !== '').map(String);
  return `${path.join('.').slice(0, 200) || 'it'}: ${issue === undefined ? 'not a plan' : expectedBy(issue)}`;
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'an object',
  record: 'an object',
  map: 'an object',
  string: 'a text',
  boolean: 'true or false',
};

/** Zod's words are for who writes the schema. */
function expectedBy(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `expected ${KINDS[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.map(String).join(', ')}`;
  return issue.code === 'custom' ? issue.message : 'expected what engines write there';
}
