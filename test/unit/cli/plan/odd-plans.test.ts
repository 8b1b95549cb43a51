/** Plans as no engine prints them: each is judged or refused in words, whatever is in it. */
import fc from 'fast-check';
import { PortcullisError } from '../../../../cli/src/errors';
import { readPlan } from '../../../../cli/src/plan/read-plan';
import { renderMarkdown } from '../../../../cli/src/plan/render/markdown';
import { renderSarif } from '../../../../cli/src/plan/render/sarif';
import { renderTerminal } from '../../../../cli/src/plan/render/terminal';
import { RULES } from '../../../../cli/src/plan/rules';
import { summarize, summarizeRun } from '../../../../cli/src/plan/summary';
import { runs } from '../../../support/fuzzing';

/** What was thrown; undefined where the plan could be judged and shown. */
async function thrown(text: string): Promise<unknown> {
  try {
    const summary = await summarize('vault-dev', readPlan(text));
    renderMarkdown([summary]);
    renderTerminal([summary]);
    renderSarif([summary], 'stacks/main.ts');
    JSON.stringify(summary);
    return undefined;
  } catch (error) {
    return error;
  }
}

const hostileName = fc.constantFrom(
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  'id',
  'name',
);
const kinds = RULES.flatMap(({ types, attributes }) =>
  types.map((type) => ({ type, names: Object.keys(attributes) })),
);
const leaf = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double(),
  fc.integer(),
  fc.string(),
  fc.constantFrom(
    '*',
    'true',
    '0.0.0.0/0',
    '::/0',
    '999.1.1.1/99',
    '{"Statement":',
    '{"Statement":[1]}',
    '{"path":[[]]}',
  ),
  fc.constantFrom(
    'path "a" {',
    'path "a" { capabilities = 1 }',
    '[{"name":',
    '[null]',
    '${x}',
    'GRANT ALL ON x TO y',
  ),
);
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(hostileName, fc.string()), tie('value'), { maxKeys: 3 }),
  ),
})).value;
const attributesOf = (names: readonly string[]) =>
  fc.dictionary(fc.oneof(fc.constantFrom(...names, 'other'), hostileName), value, { maxKeys: 6 });
/** Sides as engines have them: what is made was not there, what goes is not there afterwards. */
const sidesOf = (names: readonly string[]) =>
  fc
    .tuple(attributesOf(names), attributesOf(names))
    .chain(([one, other]) =>
      fc.constantFrom(
        { actions: ['create'], before: null, after: one },
        { actions: ['update'], before: one, after: other },
        { actions: ['delete'], before: one, after: null },
        { actions: ['delete', 'create'], before: one, after: other },
        { actions: ['no-op'], before: one, after: one },
        { actions: ['forget'], before: one, after: null },
      ),
    );
const change = fc
  .constantFrom(...kinds, { type: 'aws_db_instance', names: ['storage_encrypted', 'tags'] })
  .chain(({ type, names }) =>
    fc.record({
      address: fc.oneof(fc.constant(`${type}.it`), fc.string()),
      mode: fc.constant('managed'),
      type: fc.constant(type),
      change: fc
        .tuple(
          sidesOf(names),
          fc.record(
            {
              after_unknown: attributesOf(names),
              before_sensitive: value,
              after_sensitive: value,
              importing: value,
            },
            { requiredKeys: [] },
          ),
        )
        .map(([sides, { after_unknown: later, ...more }]) => ({
          ...sides,
          ...more,
          ...(later !== undefined && sides.actions[0] !== 'no-op' && { after_unknown: later }),
        })),
    }),
  );
const oddChange = fc
  .tuple(change, fc.record({ before: value, after: value, after_unknown: value }, { requiredKeys: [] }))
  .map(([{ change, ...resource }, odd]) => ({ ...resource, change: { ...change, ...odd } }));
const changes = fc.uniqueArray(change, { maxLength: 3, selector: ({ address }) => address });

it('of resources that rules know, with values of any shape', async () => {
  await fc.assert(
    fc.asyncProperty(changes, async (resource_changes) => {
      expect(await thrown(JSON.stringify({ format_version: '1.2', resource_changes }))).toBeUndefined();
    }),
    { numRuns: runs(5_000) },
  );
});

it('of any shape at all', async () => {
  const plan = fc.record(
    {
      format_version: fc.oneof(fc.constant('1.2'), value),
      resource_changes: fc.oneof(fc.array(fc.oneof(oddChange, value), { maxLength: 2 }), value),
      output_changes: value,
      configuration: fc.oneof(
        value,
        fc.record({ root_module: value }),
        fc.record({ root_module: fc.record({ resources: value, module_calls: value }) }),
      ),
      action_invocations: value,
      errored: value,
      complete: value,
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(plan, value), async (plan) => {
      const error = await thrown(JSON.stringify(plan));
      if (error !== undefined) expect(error).toMatchObject({ code: 'ERR_PLAN_UNREADABLE' });
    }),
    { numRuns: runs(10_000) },
  );
});

const named = fc.dictionary(fc.oneof(hostileName, fc.constantFrom('a', 'terraform_data', 'vault')), value, {
  maxKeys: 2,
});
const blocks = fc.dictionary(
  fc.constantFrom(
    'resource',
    'data',
    'ephemeral',
    'variable',
    'locals',
    'provider',
    'output',
    'module',
    'removed',
  ),
  fc.oneof(named, value),
  { maxKeys: 4 },
);

it('with a configuration of any shape, of which a digest is made or refused', async () => {
  const plan = fc.record(
    {
      resource_changes: changes,
      variables: value,
      output_changes: value,
      prior_state: value,
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(plan, fc.oneof(blocks, value), async (plan, configuration) => {
      const run = summarizeRun('vault-dev', {
        plan: JSON.stringify({ ...plan, format_version: '1.2' }),
        configuration: JSON.stringify(configuration),
        ...{ files: {}, refusedModules: [], lock: '', engine: '', surroundings: {} },
        ...{ overridden: false, lineage: 'known' },
      });
      const error: unknown = await run.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error !== undefined) expect(error).toMatchObject({ code: 'ERR_PLAN_UNREADABLE' });
    }),
    { numRuns: runs(5_000) },
  );
});

it.each([
  [
    'values',
    `{"format_version":"1.2","resource_changes":[{"address":"a","mode":"managed","type":"a","change":{"actions":["create"],"after":${'['.repeat(5_000)}${']'.repeat(5_000)}}}]}`,
  ],
  [
    'modules',
    `{"format_version":"1.2","configuration":{"root_module":${'{"module_calls":{"a":{"module":'.repeat(200)}{}${'}}}'.repeat(200)}}}`,
  ],
  [
    'resources',
    '{"format_version":"1.2","configuration":{"root_module":{"resources":[{"provisioners":1}]}}}',
  ],
  [
    'actions',
    '{"format_version":"1.2","resource_changes":[{"address":"a","mode":"managed","type":"a","change":{"actions":[]}}]}',
  ],
  ['lengths of invocations', '{"format_version":"1.2","action_invocations":{"length":[{"toString":"*"}]}}'],
  [
    'lengths of actions',
    '{"format_version":"1.2","resource_changes":[{"address":"a","mode":"managed","type":"a","change":{"actions":{"length":[{"toString":"*"}]}}}]}',
  ],
])('with odd %s, refused in words', async (_, text) => {
  const error = await thrown(text);
  expect(error).toBeInstanceOf(PortcullisError);
  expect(String(error)).toContain('the plan cannot be read');
});
