import { reasonOf } from '../../../../cli/src/options/reason';

it.each([
  ['nothing', undefined],
  ['no character', ''],
  ['spaces of every kind', ' \t\n\u00a0\u2003\u3000\u2028\u2029\ufeff'],
  ['controls', '\u0000\u0007\u001b\u009b'],
  ['formats: of no width, of a direction, joiners, tags', '\u200b\u200d\u2060\u202e\u2066\u00ad\u{e0041}'],
  ['fillers, which Unicode takes for letters', '\u115f\u1160\u3164\uffa0'],
  ['selectors of a variation', '\ufe0f\u034f\u180b\u{e0100}'],
  ['blanks of Braille', '\u2800\u2800\u2800\u2800'],
  ['what no character is yet, or a program of its own knows', '\ue000\uffff\u{f0000}'],
])('takes %s for no reason', (_, given) => {
  expect(() => reasonOf(given)).toThrow('no reason is given');
});

it.each([
  ['signs alone', '---!?'],
  ['two letters behind many spaces', 'o \u200b\u200b\u200b k'],
  ['more than a record holds', 'x'.repeat(501)],
])('takes %s for none that an auditor understands', (_, given) => {
  expect(() => reasonOf(given)).toThrow('--reason is no reason, or does not fit');
});

it.each([
  ['ticket 4711', 'ticket 4711'],
  [' logins\n  fail ', 'logins fail'],
  ['登录故障', '登录故障'],
  // Hidden characters of a reason are shown.
  ['mends\u202e the logins', 'mends? the logins'],
])('of %j keeps %j', (given, kept) => {
  expect(reasonOf(given)).toBe(kept);
});
