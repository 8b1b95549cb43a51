import { selectStacks, stacksOf } from '../../../../cli/src/workspace/stack-selection';

const all = ['vault-prod', 'vault-eu-prod', 'live', 'orders'];

it.each<[string, string, Parameters<typeof stacksOf>[2], string[]]>([
  ['end in its name', 'prod', {}, ['vault-prod', 'vault-eu-prod']],
  ['the config lists', 'prod', { prod: { stacks: ['live', 'vault-prod'] } }, ['vault-prod', 'live']],
  ['are of no environment of that name', 'test', { prod: { stacks: ['live'] } }, []],
])('of an environment are those that %s', (_, environment, known, stacks) => {
  expect(stacksOf(environment, all, known)).toEqual(stacks);
});

it('are asked for on top of those of an environment', () => {
  expect(selectStacks(all, ['orders'], 'eu-prod')).toEqual(['vault-eu-prod', 'orders']);
});

it.each<[string, string[], string | undefined, Parameters<typeof selectStacks>[3], string]>([
  ['is there', ['mars'], undefined, {}, 'no stack mars'],
  ['is of that environment', [], 'test', {}, 'no stack of test'],
  ['is called as the config says', [], 'prod', { prod: { stacks: ['venus'] } }, 'no stack venus'],
])('are refused where none %s', (_, asked, environment, known, words) => {
  expect(() => selectStacks(all, asked, environment, known)).toThrow(words);
});
