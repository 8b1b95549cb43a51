/**
 * The digest is of what will run. A real plan (test/support/plan/recorded-run.json, recorded by Terraform 1.11.4) is
 * changed in ten thousand ways (a thousand before a commit): none that changes what runs keeps the digest.
 */
import fc from 'fast-check';
import { runs } from '../../../support/fuzzing';
import recorded from '../../../support/plan/recorded-run.json';
import { PortcullisError } from '../../../../cli/src/errors';
import { canonical } from '../../../../cli/src/plan/digest/canonical';
import { reviewable } from '../../../../cli/src/plan/digest/reviewable';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Recorded = typeof recorded;

function fingerprint({ plan, configuration, ...rest }: Recorded): string | undefined {
  try {
    const basis = reviewable({
      ...rest,
      plan: JSON.stringify(plan),
      configuration: JSON.stringify(configuration),
    });
    return 'fingerprint' in basis ? basis.fingerprint : undefined;
  } catch (error) {
    // Refused in words: nothing is applied.
    if (error instanceof PortcullisError) return undefined;
    throw error;
  }
}

const original = fingerprint(recorded);
const text = JSON.stringify(recorded);
const copy = (): Recorded => JSON.parse(text) as Recorded;

/** Where a value is that decides what runs. */
type Place = readonly [holder: (run: Recorded) => Json, path: readonly string[]];

/** Every value inside of what `part` gives, objects and lists included. */
function placesIn(
  part: (run: Recorded) => unknown,
  leftOut: (path: readonly string[]) => boolean = () => false,
): Place[] {
  const holder = part as (run: Recorded) => Json;
  const visit = (value: Json, path: readonly string[]): Place[] => {
    if (leftOut(path)) return [];
    const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    return [
      ...(path.length > 0 ? [[holder, path] as const] : []),
      ...inner.flatMap(([name, member]) => visit(member, [...path, name])),
    ];
  };
  return visit(holder(recorded), []);
}

const changes = recorded.plan.resource_changes;
const isGate = (address: string): boolean => address === 'terraform_data.once_given';
const DECIDES = new Set(['address', 'previous_address', 'deposed', 'type', 'provider_name', 'change']);
const CHANGE = new Set(['actions', 'before', 'after', 'after_unknown', 'importing', 'replace_paths']);

const places: Place[] = [
  ...placesIn(({ configuration }) => configuration),
  ...placesIn(({ files }) => files),
  ...placesIn(({ surroundings }) => surroundings),
  ...placesIn(({ plan }) => plan.configuration.provider_config),
  ...['password', 'replicas', 'command'].flatMap((name) =>
    placesIn(({ plan }) => (plan.variables as Record<string, unknown>)[name]),
  ),
  ...placesIn(({ plan }) => dataIn(plan)),
  ...placesIn(
    ({ plan }) => plan.output_changes,
    ([, name]) => name === 'before_sensitive',
  ),
  ...changes.flatMap(({ address, change: { actions } }, index) =>
    actions[0] === 'no-op' && address !== 'terraform_data.moved_to'
      ? []
      : placesIn(
          ({ plan }) => plan.resource_changes[index],
          ([name = '', side = '', attribute = '', inner = '']) =>
            name !== '' &&
            (!DECIDES.has(name) ||
              (name === 'change' && side !== '' && !CHANGE.has(side)) ||
              (isGate(address) && (attribute === 'output' || (attribute === 'input' && inner === 'value')))),
        ),
  ),
  // What the unknown policy is made from.
  ...placesIn(({ plan }) => plannedValues(plan, 'terraform_data.action')),
];

function dataIn(plan: Recorded['plan']) {
  return plan.prior_state.values.root_module.resources.find(({ mode }) => mode === 'data')?.values;
}

function plannedValues(plan: Recorded['plan'], address: string) {
  return plan.planned_values.root_module.resources.find((resource) => resource.address === address)?.values;
}

/** Replaces the value in a place, or takes it away. @returns whether anything is different now. */
function mutate(
  run: Recorded,
  [holder, path]: Place,
  mutation: { readonly value: Json } | 'removed',
): boolean {
  let parent = holder(run) as Record<string, Json>;
  for (const name of path.slice(0, -1)) parent = parent[name] as Record<string, Json>;
  const last = path.at(-1) ?? '';
  const before = canonical([parent[last]]);
  if (mutation !== 'removed') parent[last] = mutation.value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else Reflect.deleteProperty(parent, last);
  return canonical([parent[last]]) !== before;
}

/** Absent, null and false say the same of what is unknown, and of an attribute that is not there. */
function saysTheSame(place: Place, mutation: { readonly value: Json } | 'removed'): boolean {
  const [holder, path] = place;
  const was = path.reduce(
    (value: Json | undefined, name) => (value as Record<string, Json>)[name],
    holder(recorded),
  );
  const will = mutation === 'removed' ? null : mutation.value;
  const nothing = (value: Json | undefined): boolean =>
    value === null ||
    value === undefined ||
    value === false ||
    (typeof value === 'object' && Object.values(value).every(nothing));
  return nothing(was) && nothing(will);
}

it('is made from a recorded plan that can be reviewed', () => {
  expect(original).toMatch(/^[0-9a-f]{64}$/);
  expect(places.length).toBeGreaterThan(150);
});

it('differs for every change of what runs', () => {
  const mutation = fc.oneof(
    fc.constant('removed' as const),
    fc.record({ value: fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<Json> }),
    fc.record({
      value: fc.constantFrom<Json>('*', '${timestamp()}', true, 9_007_199_254_740_992, 's3:*', []),
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...places), mutation, (place, change) => {
      const run = copy();
      fc.pre(!saysTheSame(place, change) && mutate(run, place, change));
      expect(fingerprint(run)).not.toBe(original);
    }),
    { numRuns: runs(10_000) },
  );
});

it.each<[string, (run: Recorded) => unknown]>([
  ['the lock file', (run) => void (run.lock = run.lock.replace('abc', 'abd'))],
  ['the version of the engine', (run) => void (run.engine = run.engine.replace('1.11.4', '1.11.5'))],
  ['the version of a provider', (run) => void (run.engine = run.engine.replace('5.9.0', '5.9.1'))],
  ['an asset', (run) => void (run.files['assets/lambda.zip'] = '0e'.repeat(32))],
  ['another address of Vault', (run) => void (run.surroundings.VAULT_ADDR = 'https://evil.example.com')],
  ['the state', (run) => void (run.lineage = 'f4ecf996-b6df-7f05-a4d9-268b957cf3dd')],
  ['the order of a replacement', (run) => void of(run, 'replaced').change.actions.reverse()],
  [
    'a resource that is forgotten beside the new one',
    (run) => void (of(run, 'replaced').change.actions = ['create', 'forget']),
  ],
  [
    'where a resource was before',
    (run) => void (of(run, 'moved_to').previous_address = 'terraform_data.other'),
  ],
  ['a resource that is not moved', (run) => Reflect.deleteProperty(of(run, 'moved_to'), 'previous_address')],
  ['a change that is left out', (run) => void run.plan.resource_changes.splice(1, 1)],
  ['a change that is made twice', (run) => void run.plan.resource_changes.push({ ...of(run, 'gone') })],
  [
    "the value of a variable with a name of JavaScript's own",
    (run) => void (run.plan.variables = { ...run.plan.variables, ...proto({ value: 'a' }) }),
  ],
  [
    "an output with a name of JavaScript's own",
    (run) =>
      void (run.plan.output_changes = {
        ...run.plan.output_changes,
        ...proto({ actions: ['create'], after: 'a' }),
      }),
  ],
  [
    'a secret value',
    (run) =>
      void (of(run, 'keeper').change.after = { ...of(run, 'keeper').change.after!, input: 'hunter24' }),
  ],
])('differs for %s', (_, change) => {
  const run = copy();
  change(run);
  expect(fingerprint(run)).toMatch(/^[0-9a-f]{64}$/);
  expect(fingerprint(run)).not.toBe(original);
});

it.each<[string, (run: Recorded) => void]>([
  ['when it was planned', (run) => void (run.plan.timestamp = '2027-01-01T00:00:00Z')],
  ['the order in which changes are listed', (run) => void run.plan.resource_changes.reverse()],
  [
    'the order of attributes',
    (run) =>
      void (run.configuration = Object.fromEntries(
        Object.entries(run.configuration).reverse(),
      ) as Recorded['configuration']),
  ],
  [
    'what changed outside of the engine, and is in no change',
    (run) => void Object.assign(run.plan, { resource_drift: [{ a: 1 }] }),
  ],
  [
    'the value of an ephemeral variable',
    (run) => void Object.assign(run.plan.variables.once, { value: 'given' }),
  ],
  [
    'whether the value of a secret is given',
    (run) => {
      const { change } = of(run, 'once_given');
      Object.assign(change.after!, { input: { version: 2 } });
      change.after_unknown = { input: { value: true }, output: true };
    },
  ],
  [
    'a resource that nothing which changes is made from',
    (run) =>
      void Object.assign(run.plan.planned_values.root_module.resources[0]!, {
        address: 'terraform_data.unrelated',
      }),
  ],
])('is the same whatever %s', (what, change) => {
  const run = copy();
  change(run);
  if (what.startsWith('a resource that nothing')) {
    const unrelated = { ...run.plan.planned_values.root_module.resources[0]!, values: { input: 'anything' } };
    Object.assign(run, copy());
    run.plan.planned_values.root_module.resources.push(unrelated as never);
  }
  expect(fingerprint(run)).toBe(original);
});

/** JSON has such members too, and they are a parsed object's own. */
function proto(value: Json): Record<string, never> {
  return JSON.parse(JSON.stringify({ member: value }).replace('member', '__proto__')) as Record<
    string,
    never
  >;
}

it.each([
  ['splat', '${data.aws_caller_identity.me[*].arn}'],
  ['index', '${data.aws_caller_identity.me["arn"]}'],
  ['comment', '${data.aws_caller_identity.me/**/.arn}'],
  ['whole', '${jsonencode(data.aws_caller_identity.me)}'],
])('counts who asks where the configuration uses more than the account (%s)', (_, input) => {
  const [one, other] = ['a', 'b'].map((arn) => {
    const run = copy();
    Object.assign(run.configuration, {
      locals: { input, account: '${data.aws_caller_identity.me.account_id}' },
    });
    run.plan.prior_state.values.root_module.resources.push(caller('data.aws_caller_identity.me', arn));
    return fingerprint(run);
  });
  expect(other).not.toBe(one);
});

it.each([
  ['data.aws_caller_identity.me', true],
  ['module.a.data.aws_caller_identity.me', false],
])('the same account may ask, by a name of its own (%s: %s)', (address, same) => {
  const [one, other] = ['a', 'b'].map((arn) => {
    const run = copy();
    Object.assign(run.configuration, { locals: { account: '${data.aws_caller_identity.me.account_id}' } });
    run.plan.prior_state.values.root_module.resources.push(caller(address, arn));
    return fingerprint(run);
  });
  expect(one === other).toBe(same);
});

function caller(address: string, arn: string): never {
  return { address, mode: 'data', type: 'aws_caller_identity', values: { account_id: '1', arn } } as never;
}

it('refuses a configuration that names something twice', () => {
  const of = (text: string) => () =>
    reviewable({ ...recorded, plan: JSON.stringify(recorded.plan), configuration: text });
  expect(of('{"resource":{"a":{"b":{}}},"resource":{"a":{"c":{}}}}')).toThrow('names something twice');
  expect(of('{"locals":{"a":"\\"b\\": {","\\u0000c":"d: e"}}')).not.toThrow();
});

function of({ plan }: Recorded, name: string) {
  const found = plan.resource_changes.find(({ address }) => address === `terraform_data.${name}`);
  if (found === undefined) throw new Error(`no change of ${name} was recorded`);
  return found;
}
