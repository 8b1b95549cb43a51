import { narrower, advertisedLimits } from '../../../../cli/src/limits/advertised-limits';

describe('the limits that an API advertises', () => {
  it.each([
    ['one window', '"pro";q=1000;w=60', [{ name: 'pro', limit: 1_000, windowSeconds: 60 }]],
    [
      'several, in any order, with what else a server may say',
      '"a-1s";w=1;q=10;qu="requests", "a-60s" ; q=500 ; w=60',
      [
        { name: 'a-1s', limit: 10, windowSeconds: 1 },
        { name: 'a-60s', limit: 500, windowSeconds: 60 },
      ],
    ],
    ['none', '', []],
    ['a quota without a window', '"pro";q=1000', []],
    ['a window of no length', '"pro";q=1000;w=0', []],
    ['no number', '"pro";q=many;w=60', []],
    ['a parameter that only ends like one', '"pro";xq=1000;w=60', []],
  ])('are read: %s', (_, header, limits) => expect(advertisedLimits(header)).toEqual(limits));

  it('are read in no time, whatever is in there', () => {
    const hostile = `"${'a'.repeat(90)}"${' ; q=1'.repeat(20_000)}${'"'.repeat(20_000)}`;
    expect(advertisedLimits(hostile)).toEqual([]);
  });

  it('are too narrow where they admit less in the long run, whatever the window', () => {
    const needed = { limit: 6_000, windowSeconds: 60 };
    const burst = { name: 'burst', limit: 99, windowSeconds: 1 };
    const exact = { name: 'exact', limit: 100, windowSeconds: 1 };
    const daily = { name: 'daily', limit: 1_000_000, windowSeconds: 86_400 };
    expect(narrower([burst, exact, daily], needed)).toEqual([burst, daily]);
  });
});
