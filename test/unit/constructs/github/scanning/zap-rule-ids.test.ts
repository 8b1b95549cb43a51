import { isZapRule } from '../../../../../constructs/src/github/scanning/zap-rule-ids';

// Each with its page below https://www.zaproxy.org/docs/alerts/, or a line in ZAP's register.
it.each([
  0, 10_038, 10_049, 10_116, 10_205, 40_012, 40_026, 40_048, 90_004, 90_039, 100_000, 100_001, 120_002,
])('ZAP has the rule %i', (id) => expect(isZapRule(id)).toBe(true));

it.each([
  ['one that was retired', 10_016],
  ['one between two others', 10_114],
  ['one that is not there yet', 40_049],
  ['one that somebody else may use', 60_003],
  ['the one that keeps the file from being ignored', 99_999],
  ['none', Number.NaN],
  ['half of one', 10_038.5],
  ['a negative one', -1],
])('ZAP has no such rule: %s', (_, id) => expect(isZapRule(id)).toBe(false));
