/**
 * What an apply would do, as one value: two plans that would do different things never have the same. It holds secrets,
 * so that only a digest of it, under the state's key, leaves the process.
 */
import { isRecord } from '../values';
import { canonical } from './canonical';
import { GAP, textsIn, type Configuration } from '../../workspace/configuration';
import { ephemeralVariables, gatesIn } from './configuration';
import { resourcesIn, type Plan, type ResourceChange, type StoredResource } from './plan';
import type { PlannedRun } from '../../workspace/planned-run';

export function whatRuns(run: PlannedRun, configuration: Configuration, plan: Plan): unknown {
  const gates = new Set(gatesIn(configuration));
  return {
    // A format of its own: a digest of another version of it is another digest.
    version: 1,
    configuration,
    files: run.files,
    lock: run.lock,
    engine: run.engine,
    surroundings: run.surroundings,
    variables: variablesOf(configuration, plan),
    providers: plan.configuration.provider_config ?? {},
    data: dataRead(configuration, plan),
    changes: changesOf(plan, gates),
    outputs: outputsOf(plan),
    inputs: inputsOf(configuration, plan, gates),
  };
}

/** Every variable whose value the plan holds. Of ephemeral ones the configuration has the version. */
function variablesOf(configuration: Configuration, { variables }: Plan): Record<string, unknown> {
  const ephemeral = new Set(ephemeralVariables(configuration));
  return Object.fromEntries(
    [...variables].flatMap(([name, { value }]) => (ephemeral.has(name) ? [] : [[name, value ?? null]])),
  );
}

function dataRead(configuration: Configuration, { prior_state: { values } }: Plan): unknown[] {
  const asksAlone = usesAccountAlone(configuration);
  return resourcesIn(values?.root_module)
    .filter(({ mode }) => mode === 'data')
    .map((resource) => [
      resource.address,
      asksAlone && isWhoAsks(resource) ? accountOf(resource) : (resource.values ?? {}),
    ])
    .sort(byText);
}

/**
 * Whose credentials plan differs between a pull request and a deploy by intent: of who asks, the account counts, unless
 * the configuration uses more. What modules use is not looked at: theirs counts whole.
 */
function isWhoAsks({ type, address }: StoredResource): boolean {
  return type === 'aws_caller_identity' && address.startsWith('data.');
}

function usesAccountAlone(configuration: Configuration): boolean {
  const account = /\bdata\.aws_caller_identity\.[\w-]+(\[\d+\])?\.(account_id|id)\b/g;
  return textsIn(configuration).every(
    ({ text }) => !text.replace(account, '').includes('aws_caller_identity'),
  );
}

function accountOf({ values = {} }: StoredResource): unknown {
  return { account_id: values.account_id ?? null };
}

/** Attributes that change, known or not; the order of a replacement is that of its actions. */
function changesOf({ resource_changes: changes }: Plan, gates: ReadonlySet<string>): unknown[] {
  return changes
    .filter((change) => change.mode === 'managed' && isChange(change))
    .map((resource) => {
      const { address, previous_address, deposed, type, provider_name, change } = resource;
      const { actions, importing, replace_paths } = change;
      const isUpdate = actions.every((action) => action === 'update' || action === 'no-op');
      const [before, after, unknown] = [change.before, change.after, change.after_unknown].map((side) =>
        gates.has(address) ? withoutGiven(side) : side,
      );
      const names = [...new Set([before, after].flatMap((side) => Object.keys(record(side))))];
      const attributes = names.sort().flatMap((name) => {
        const [was = null, will = null] = [record(before)[name], record(after)[name]];
        // What is made or destroyed counts whole: its provisioners see all of it.
        return isUpdate && canonical([was]) === canonical([will]) ? [] : [[name, was, will]];
      });
      const shapeless = [before, after].filter((side) => !isRecord(side));
      const identity = {
        address,
        previous_address,
        deposed,
        type,
        provider_name,
        actions,
        importing,
        replace_paths,
      };
      return { ...identity, attributes, shapeless, unknown };
    })
    .sort((one, other) =>
      byText([one.address, one.deposed ?? ''].join(), [other.address, other.deposed ?? ''].join()),
    );
}

function isChange({
  address,
  previous_address: previous,
  change: { actions, importing },
}: ResourceChange): boolean {
  const moves = previous !== undefined && previous !== address;
  return moves || (importing ?? null) !== null || actions.some((action) => action !== 'no-op');
}

/** The mark of an output counts: without it every log shows the value. */
function outputsOf({ output_changes: outputs }: Plan): unknown[] {
  return [...outputs]
    .filter(([, { actions }]) => actions.some((action) => action !== 'no-op'))
    .map(([name, { actions, before, after, after_unknown: later, after_sensitive: marks }]) => [
      name,
      { actions, before: before ?? null, after: after ?? null, later: later ?? false, marks: marks ?? false },
    ])
    .sort(byText);
}

/**
 * What unknown values and provisioners are made from: the values of every resource that a changing part of the
 * configuration mentions. Those that change themselves are in the plan with what changes alone.
 */
function inputsOf(configuration: Configuration, plan: Plan, gates: ReadonlySet<string>): unknown[] {
  const mentioned = mentionedBy(changingParts(configuration, plan), configuration);
  return resourcesIn(plan.planned_values.root_module)
    .filter(
      ({ mode, address }) => mode === 'managed' && (mentioned === 'all' || mentioned.has(nameOf(address))),
    )
    .map(({ address, values = {} }) => [address, gates.has(address) ? withoutGiven(values) : values])
    .sort(byText);
}

/** `terraform_data.x["a"]` → `terraform_data.x`. */
function nameOf(address: string): string {
  return address.replace(/\[.*$/, '');
}

/** Parts of the configuration that are evaluated at the apply. Of modules nobody looks inside: they count as a whole. */
function changingParts(
  configuration: Configuration,
  { resource_changes: changes }: Plan,
): readonly unknown[] | 'all' {
  const changing = changes.filter((change) => change.mode === 'managed' && isChange(change));
  if (
    changing.some(
      ({ module_address: inModule, address }) => inModule !== undefined || address.startsWith('module.'),
    )
  ) {
    return 'all';
  }
  const { resource, provider, ephemeral, output, module } = configuration;
  const blocks = changing.map(({ type, address }) => {
    const name = nameOf(address).slice(type.length + 1);
    return record(record(resource)[type])[name];
  });
  return [blocks, provider, ephemeral, output, module];
}

/** As in `vault_mount.kv`. */
const MEMBER = new RegExp(`\\b([a-z][\\w-]*)${GAP}\\.${GAP}([A-Za-z_][\\w-]*)`, 'g');

/** Names of resources, as in `vault_mount.kv`; `all` where a module's outputs are among what is mentioned. */
function mentionedBy(
  parts: readonly unknown[] | 'all',
  configuration: Configuration,
): ReadonlySet<string> | 'all' {
  if (parts === 'all') return 'all';
  const found = new Set<string>();
  const queue: unknown[] = [...parts];
  for (const part of queue) {
    for (const { text } of textsIn(part)) {
      for (const [, name = '', member = ''] of text.matchAll(MEMBER)) {
        const reference = `${name}.${member}`;
        if (found.has(reference)) continue;
        if (name === 'module') return 'all';
        found.add(reference);
        // A local stands for what it is made from.
        if (name === 'local') queue.push(record(configuration.locals)[member]);
      }
    }
  }
  return found;
}

/** A gate without what a plan cannot know: whether a value is given. */
function withoutGiven(side: unknown): unknown {
  if (!isRecord(side)) return side;
  const { input } = side;
  return { ...without(side, 'output'), input: isRecord(input) ? without(input, 'value') : input };
}

function without(object: Record<string, unknown>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([member]) => member !== name));
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function byText(one: unknown, other: unknown): number {
  const [a, b] = [String(one), String(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}
