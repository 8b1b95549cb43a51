import { parseAllowList } from '../../../../cli/src/zap-gate/allow-list';

const today = '2026-11-24';
const entry = { rule: '10038', reason: 'the docs page has no script; ticket 12', expires: '2026-12-31' };
const parse = (...entries: unknown[]) => parseAllowList(JSON.stringify(entries), today);

describe('the allow-list', () => {
  it('holds through the last day of an entry', () => {
    expect(parse(entry, { ...entry, expires: today })).toHaveLength(2);
  });

  it.each([
    [
      'an entry that has expired',
      { ...entry, expires: '2026-11-23' },
      'rule 10038 was accepted until 2026-11-23; mend the finding',
    ],
    [
      'an entry that never really expires',
      { ...entry, expires: '2099-01-01' },
      'expected a day within a year: 2027-11-25 at most',
    ],
    [
      'a day that does not exist',
      { ...entry, expires: '2026-02-30' },
      '[0].expires: received "2026-02-30"; expected a day',
    ],
    ['no expiry', { ...entry, expires: undefined }, '[0].expires: received nothing'],
    ['no reason', { ...entry, reason: ' '.repeat(30) }, 'expected a reason of at least 20 characters'],
    ['a reason that nobody sees', { ...entry, reason: '\u200b\u3164'.repeat(15) }, 'expected a reason of at'],
    [
      'a rule that is not a number',
      { ...entry, rule: '*' },
      '[0].rule: received "*"; expected the number of a ZAP rule',
    ],
    [
      'a URL with a query',
      { ...entry, url: 'https://a.example/x?y' },
      'expected an http or https URL without query and fragment',
    ],
    ['a misspelt field', { ...entry, urls: 'https://a.example' }, '[0].urls: unknown; known are rule, url'],
    ['an entry that is none', 'rule 10038', '[0]: received "rule 10038"; expected { rule'],
    ['a URL of another scheme', { ...entry, url: 'file:///etc' }, '[0].url: received'],
  ])('refuses %s', (_name, wrong, message) => {
    expect(() => parse(wrong)).toThrow(message);
  });

  it('names every problem at once', () => {
    expect(() =>
      parse({ ...entry, expires: '2020-01-01' }, { ...entry, rule: '40012', expires: '2020-01-01' }),
    ).toThrow(/10038[^]*40012/);
  });

  it('refuses what is not JSON, and what is not a list', () => {
    expect(() => parseAllowList('rules:\n', today)).toThrow('not valid JSON');
    expect(() => parseAllowList('{}', today)).toThrow('(root)');
  });
});
