/** No rule may put a value into a sentence that the table of shown fields does not permit. */
import { RULES } from '../../../../cli/src/plan/rules';
import { SHOWN_FIELDS, mayShow } from '../../../../cli/src/plan/shown/shown-fields';
import type { Value } from '../../../../cli/src/plan/values';

const PAIRS: readonly [Value | undefined, Value][] = [
  ['canary-a', 'canary-b'],
  [['canary-a'], ['canary-b']],
  [[{ x: 'canary-a' }], [{ x: 'canary-b' }]],
  [[{ name: 'canary-a', x: ['canary-a'] }], []],
  [{ x: 'canary-a' }, { x: 'canary-b' }],
  [undefined, 'canary-b'],
  [undefined, ['canary-*']],
  ['canary-a', null],
  [777_111, 777_222],
  [0, 777_222],
];

const judges = RULES.flatMap(({ types, attributes }) =>
  types.flatMap((type) => Object.entries(attributes).map(([name, judge]) => ({ type, name, judge }))),
);

it.each(judges)('$type: $name', ({ type, name, judge }) => {
  const said = PAIRS.flatMap(([before, after]) => {
    try {
      return judge(before, after)?.sentence ?? [];
    } catch {
      // A shape that this attribute does not have; judgeChange() says so.
      return [];
    }
  });
  const shows = said.filter((sentence) => /canary|777/.test(sentence));
  // Names in a map are no values, and what a rule shows of a block is permitted field by field.
  const permitted =
    mayShow(type, name) || (SHOWN_FIELDS[type] ?? []).some((field) => field.startsWith(`${name}.`));
  expect(permitted ? [] : shows).toEqual([]);
});
