import { overridesSchema } from '../../../../runtime/src/rate-limit/client/overrides';

const tiers = {
  free: [{ limit: 100, windowSeconds: 60 }],
  pro: [
    { limit: 1_000, windowSeconds: 60 },
    { limit: 50, windowSeconds: 1 },
  ],
};
const schema = overridesSchema({ tiers, defaultTier: 'free' });

describe('an entry of limits', () => {
  test('gives an organisation another tier, or limits of its own', () => {
    const { overrides } = schema.parse({ acme: 'pro', globex: '5000/1m', initech: '5000/60s, 90/1s' });
    expect(overrides('acme')).toMatchObject({ name: 'pro', limits: [50, 1_000] });
    expect(overrides('globex')).toMatchObject({ name: 'custom', limits: [Infinity, 5_000] });
    expect(overrides('initech')?.policyHeader).toBe('"custom-60s";q=5000;w=60, "custom-1s";q=90;w=1');
    expect(overrides('hooli')).toBeUndefined();
    expect(overrides('toString')).toBeUndefined();
  });

  test('takes an organisation of any name, and no list', () => {
    const entry: unknown = JSON.parse('{ "__proto__": "pro", "constructor": "pro" }');
    const { overrides } = schema.parse(entry);
    expect(overrides('__proto__')).toMatchObject({ name: 'pro' });
    expect(overrides('constructor')).toMatchObject({ name: 'pro' });
    expect(overrides('toString')).toBeUndefined();
    expect(schema.safeParse(['pro']).success).toBe(false);
  });

  test('gives the same object every time, as reserved blocks and remembered denials go by it', () => {
    const { overrides } = schema.parse({ globex: '5000/1m' });
    expect(overrides('globex')).toBe(overrides('globex'));
  });

  test.each([
    'gold',
    'toString',
    '',
    '5000',
    '5000/2m',
    '0/1m',
    '-1/1m',
    '1.5/1m',
    '1e3/1m',
    '5000/1m,',
    '5000/1m,6000/60s',
    '5000 /1m',
    '9999999999/1m',
  ])('leaves out %j, and nothing else', (value) => {
    const { overrides, unusable } = schema.parse({ acme: 'pro', globex: value });
    expect(overrides('acme')).toMatchObject({ name: 'pro' });
    expect(overrides('globex')).toBeUndefined();
    expect(unusable).toEqual([
      {
        path: 'globex',
        message:
          'expected a tier (free, pro) or limits such as "5000/1m", on these windows, each once: 1s, 60s; then, if it has an end, "until 2026-12-01T00:00:00Z"',
      },
    ]);
  });

  test('tells all that is wrong at once', () => {
    const { overrides, unusable } = schema.parse({
      a: 'gold',
      b: 7,
      c: 'pro',
      d: null,
      ['e'.repeat(257)]: 'pro',
    });
    expect(unusable.map(({ path }) => path)).toEqual(['a', 'b', 'd', 'e'.repeat(257)]);
    expect(overrides('c')).toMatchObject({ name: 'pro' });
  });
});

describe('a field with an end', () => {
  const END = Date.parse('2026-12-01T00:00:00Z');
  let nowMs = END - 1;
  const timed = overridesSchema({ tiers, defaultTier: 'free' }, () => nowMs);

  test('counts until then, without a new version of the entry', () => {
    const { overrides, said, unusable } = timed.parse({
      acme: '5000/1m until 2026-12-01T00:00:00Z # black friday, ticket #42',
    });
    nowMs = END - 1;
    expect(overrides('acme')).toMatchObject({ name: 'custom', limits: [Infinity, 5_000] });
    nowMs = END;
    expect(overrides('acme')).toBeUndefined();
    expect(said('acme')).toEqual({ limits: '5000/1m', untilMs: END, reason: 'black friday, ticket #42' });
    expect(unusable).toEqual([]);
  });

  test.each([
    ['pro # why not', { limits: 'pro', reason: 'why not' }],
    ['  pro  ', { limits: 'pro' }],
    ['pro #', { limits: 'pro' }],
    ['pro until 2026-12-01T01:00:00+01:00', { limits: 'pro', untilMs: END }],
    ['5000/1m, 90/1s until 2026-12-01T00:00Z', { limits: '5000/1m, 90/1s', untilMs: END }],
  ])('is read: %j', (field, expected) => {
    nowMs = END - 1;
    const { said, overrides } = timed.parse({ acme: field });
    expect(said('acme')).toEqual(expected);
    expect(overrides('acme')).toBeDefined();
  });

  test.each([
    'pro until tomorrow',
    'pro until 2026-12-01',
    'pro until 2026-12-01T00:00:00',
    'pro until 2026-13-01T00:00:00Z',
    'until 2026-12-01T00:00:00Z',
    'pro 2026-12-01T00:00:00Z',
    '# pro',
    `pro # ${'x'.repeat(512)}`,
  ])('is left out: %j', (field) => {
    expect(timed.parse({ acme: field }).unusable.map(({ path }) => path)).toEqual(['acme']);
  });
});
