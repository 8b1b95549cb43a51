/** Every shape that a change can have in a real plan: each is read, said, and has a digest that stays. */
import { summarizeRun, type StackSummary } from '../../../../cli/src/plan/summary';
import { useRun } from '../../../support/engines';
import { PlanningFolder } from '../../../support/plan/planned-run';

const run = useRun();

type Blocks = Record<string, unknown>;
const data = (named: Blocks, more: Blocks = {}): Blocks => ({ resource: { terraform_data: named }, ...more });
const kept = { input: 'kept' };
const lifecycle = { create_before_destroy: true };

it.each<[string, before: Blocks, after: Blocks, said: Partial<StackSummary['counts']>]>([
  ['nothing', data({ kept }), data({ kept }), {}],
  ['a resource is made', data({ kept }), data({ kept, a: kept }), { create: 1 }],
  [
    'several are made of one',
    data({ kept }),
    data({ kept, a: { ...kept, for_each: '${toset(["a", "b[0]"])}' } }),
    { create: 2 },
  ],
  ['it changes', data({ kept }), data({ kept: { input: 'other' } }), { update: 1 }],
  ['it is destroyed', data({ kept, a: kept }), data({ kept }), { delete: 1 }],
  [
    'it is destroyed, then made',
    data({ a: { triggers_replace: '1' } }),
    data({ a: { triggers_replace: '2' } }),
    { replace: 1 },
  ],
  [
    'it is made, then destroyed',
    data({ a: { triggers_replace: '1', lifecycle } }),
    data({ a: { triggers_replace: '2', lifecycle } }),
    { replace: 1 },
  ],
  [
    'it moves',
    data({ a: kept }),
    data({ b: kept }, { moved: [{ from: 'terraform_data.a', to: 'terraform_data.b' }] }),
    { move: 1 },
  ],
  [
    'it moves and changes',
    data({ a: kept }),
    data({ b: { input: 'other' } }, { moved: [{ from: 'terraform_data.a', to: 'terraform_data.b' }] }),
    { update: 1 },
  ],
  [
    'it is forgotten',
    data({ kept, a: kept }),
    data({ kept }, { removed: [{ from: 'terraform_data.a', lifecycle: { destroy: false } }] }),
    { forget: 1 },
  ],
  [
    'it is imported',
    data({ kept }),
    data(
      { kept, a: {} },
      { import: [{ to: 'terraform_data.a', id: 'b5e8c9a0-0000-0000-0000-000000000000' }] },
    ),
    { import: 1 },
  ],
  ['an output is new', data({ kept }), data({ kept }, { output: { a: { value: 'b' } } }), { create: 1 }],
])('%s', async (what, before, after, counts) => {
  const folder = await PlanningFolder.make(run(), what.replace(/\W+/g, '-'));
  await folder.apply(before);
  const [once, again] = [
    await summarizeRun('shape', await folder.plan(after)),
    await summarizeRun('shape', await folder.plan(after)),
  ];
  const none = { create: 0, update: 0, replace: 0, delete: 0, forget: 0, import: 0, move: 0, read: 0 };
  expect(once.counts).toEqual({ ...none, ...counts });
  expect(once.refused).toEqual([]);
  expect(once.digest).toMatch(/^shape:[0-9a-f]{64}$/);
  expect(again.digest).toBe(once.digest);
});
