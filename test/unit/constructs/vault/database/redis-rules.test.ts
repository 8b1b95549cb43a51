import { aclProblems } from '../../../../../constructs/src/vault/database/redis-rules';
import { RUNTIME_ACL, SUPPORT_ACL, SWEEP_ACL } from '@portcullis/constructs';

const places = (rules: readonly string[]): string[] => aclProblems('rules', rules).map(({ path }) => path);

it.each([
  [RUNTIME_ACL],
  [SUPPORT_ACL],
  [SWEEP_ACL],
  [['~orders:*', '%R~shared:{a}:?', '&orders:*', '+get', '+xgroup|create', '-select']],
  [['~orders:*', '+@read', '+@hash', '-@dangerous', '+info']],
  [['~orders:*', '+@write', '-@dangerous', '-function', '-@all', '+get']],
])('takes %j', (rules) => {
  expect(aclProblems('rules', rules)).toEqual([]);
});

it.each([
  // everything, however it is spelled
  ...[
    '~*',
    '~**',
    '~?*',
    '~*:*',
    '~[a-z]*',
    '~\\*',
    '~',
    '%RW~*',
    '%R~**',
    '%WR~a',
    '&*',
    '&**',
    'allkeys',
    'ALLKEYS',
  ],
  ...['allchannels', 'allcommands', '+@all', '+@ALL', '+@slow', '+@fast', '+*', '+'],
  // what lets a user give itself more, or changes what others run
  ...[
    '+acl',
    '+acl|setuser',
    '+ACL|SETUSER',
    '+acl|save',
    '+acl|load',
    '+@admin',
    '+@dangerous',
    '+@scripting',
  ],
  ...[
    '+config',
    '+config|get',
    '+config|set',
    '+module|load',
    '+function',
    '+function|load',
    '+script',
    '+script|debug',
  ],
  ...[
    '+replicaof',
    '+slaveof',
    '+debug',
    '+migrate',
    '+restore',
    '+shutdown',
    '+monitor',
    '+flushall',
    '+flushdb',
  ],
  ...[
    '+keys',
    '+client',
    '+client|kill',
    '+cluster',
    '+cluster|reset',
    '+sort',
    '+swapdb',
    '+nobody|knows',
    '+newcommand',
  ],
  // what is no permission
  ...['on', 'off', 'nopass', 'NOPASS', 'resetpass', 'reset', 'clearselectors', 'sanitize-payload', ''],
  ...[
    '>hunter2',
    '<hunter2',
    '#aa',
    '!aa',
    '(~* +@all)',
    '(+@all',
    '~a +@all',
    '~a\n+@all',
    '+get +@all',
    ' +get',
    '+get ',
  ],
])('refuses %j', (rule) => {
  expect(places(['~orders:*', rule])).toEqual(['rules[1]']);
});

it('refuses a category unless what is dangerous in it is taken away behind it', () => {
  expect(places(['+@read'])).toEqual(['rules[0]']);
  expect(places(['-@dangerous', '+@read'])).toEqual(['rules[1]']);
  expect(places(['+@write', '-@dangerous'])).toEqual(['rules[0]']);
  expect(places(['+@constructor'])).toEqual(['rules[0]']);
});

it.each([[[]], [undefined], ['~a:* +get'], [[7]]])('refuses %j, which is no list of texts', (rules) => {
  expect(aclProblems('rules', rules as never)).toHaveLength(1);
});

it('names every rule that is wrong, and shows none that may be a password', () => {
  const problems = aclProblems('rules', ['nopass', '+get', '>hunter2', '+acl|setuser']);
  expect(problems.map(({ path }) => path)).toEqual(['rules[0]', 'rules[2]', 'rules[3]']);
  expect(JSON.stringify(problems)).not.toContain('hunter2');
  expect(problems[2]?.message).toContain('"+acl|setuser"');
});
