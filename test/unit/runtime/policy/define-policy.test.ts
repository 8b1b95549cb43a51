import { definePolicy, PolicyError, type PolicyInput } from '@portcullis/runtime/policy';

const valid: PolicyInput = {
  name: 'payments',
  issuer: 'https://auth.example.com',
  audience: 'https://api.example.com',
  tiers: {
    free: [{ limit: 100, window: '1m' }],
    pro: [
      { limit: 1_000, window: '1m' },
      { limit: 5_000, window: '1h' },
    ],
  },
  defaultTier: 'free',
  routes: [{ method: 'GET', path: '/api/payments', scopes: ['read:payments'] }],
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
};

function problemsOf(input: unknown): Record<string, string> {
  try {
    definePolicy(input as PolicyInput);
  } catch (error) {
    expect(error).toBeInstanceOf(PolicyError);
    return Object.fromEntries((error as PolicyError).problems.map(({ path, message }) => [path, message]));
  }
  throw new Error('expected the policy to be refused');
}

test('a valid policy gives lengths of time in seconds and fills in the defaults', () => {
  const policy = definePolicy(valid);

  expect(policy.lifetimes).toEqual({
    accessTokenSeconds: 900,
    credentialSeconds: 3_600,
    rotateAtSeconds: 3_000,
    sessionSeconds: 28_800,
  });
  expect(policy.tiers.pro).toEqual([
    { limit: 1_000, windowSeconds: 60 },
    { limit: 5_000, windowSeconds: 3_600 },
  ]);
  expect(policy.routes[0]).toMatchObject({
    cost: 1,
    onStoreFailure: 'local',
    sensitive: false,
    public: false,
  });
});

test('lengths of time that are left out are those of an API that asks for nothing else', () => {
  const rest: PolicyInput = { ...valid };
  delete rest.lifetimes;
  const usual = definePolicy(valid).lifetimes;

  expect(definePolicy(rest).lifetimes).toEqual(usual);
  expect(definePolicy({ ...rest, lifetimes: { session: '1h' } }).lifetimes).toEqual({
    ...usual,
    sessionSeconds: 3_600,
  });
});

test('a credential of another length is replaced when five sixths of it have passed', () => {
  const { lifetimes } = definePolicy({ ...valid, lifetimes: { credential: '30m' } });
  expect(lifetimes).toMatchObject({ credentialSeconds: 1_800, rotateAtSeconds: 1_500 });
});

test('a policy cannot be changed once it is defined', () => {
  const policy = definePolicy(valid);
  const [route] = policy.routes as unknown as { cost: number }[];

  expect(() => (route!.cost = 0)).toThrow(TypeError);
  expect(() => (policy.routes as unknown[]).push({})).toThrow(TypeError);
});

test('what the author passed in may change later without changing the policy', () => {
  const input = structuredClone(valid);
  const policy = definePolicy(input);
  (input.routes as { scopes: string[] }[])[0]!.scopes.push('admin');

  expect(policy.routes[0]?.scopes).toEqual(['read:payments']);
});

test('every problem is reported at once, each with its path', () => {
  const problems = problemsOf({
    ...valid,
    issuer: 'http://auth.example.com',
    tiers: { free: [{ limit: 0, window: '0s' }] },
    routes: [
      { method: 'GET', path: 'api' },
      { method: 'FETCH', path: '/api/:', scopes: ['two words'] },
    ],
    typo: true,
  });

  expect(Object.keys(problems).sort()).toEqual([
    '',
    'issuer',
    'routes[0].path',
    'routes[1].method',
    'routes[1].path',
    'routes[1].scopes[0]',
    'tiers.free[0].limit',
    'tiers.free[0].window',
  ]);
});

test.each<[string, Partial<PolicyInput>, string]>([
  ['a default tier that is not one', { defaultTier: 'gold' }, 'defaultTier'],
  [
    'a rotation later than the end of the credential',
    { lifetimes: { accessToken: '15m', credential: '50m', rotateAt: '50m' } },
    'lifetimes.rotateAt',
  ],
  [
    'an unknown unit',
    { lifetimes: { accessToken: '15 minutes', credential: '60m', rotateAt: '50m' } },
    'lifetimes.accessToken',
  ],
  ['a window of zero', { tiers: { free: [{ limit: 1, window: '0m' }] } }, 'tiers.free[0].window'],
  [
    'the same window twice',
    {
      tiers: {
        free: [
          { limit: 1, window: '1m' },
          { limit: 2, window: '60s' },
        ],
      },
    },
    'tiers.free[1].window',
  ],
  ['a tier without a limit', { tiers: { free: [] } }, 'tiers.free'],
  [
    'the same window twice by the same keys',
    {
      tiers: {
        free: [
          { limit: 100, window: '1m', by: 'user' },
          { limit: 200, window: '1m', by: ['organisation', 'user'] },
        ],
      },
    },
    'tiers.free[1].window',
  ],
  [
    'a window of more than 31 days',
    { tiers: { free: [{ limit: 100, window: '32d' }] } },
    'tiers.free[0].window',
  ],
  [
    'a key that is none',
    { tiers: { free: [{ limit: 100, window: '1m', by: 'moon' as 'user' }] } },
    'tiers.free[0].by',
  ],
  [
    'a key within itself',
    { tiers: { free: [{ limit: 100, window: '1m', by: ['client', 'client'] }] } },
    'tiers.free[0].by',
  ],
  [
    'a tier in shadow without a limit',
    { tiers: { free: { shadow: true, limits: [] } } },
    'tiers.free.limits',
  ],
  [
    "a cost above a limit of the route's own",
    { routes: [{ method: 'GET', path: '/a', cost: 5, limits: [{ limit: 4, window: '1m' }] }] },
    'routes[0].cost',
  ],
  ['a cost above a limit', { routes: [{ method: 'GET', path: '/a', cost: 101 }] }, 'routes[0].cost'],
  ['a fraction of a cost', { routes: [{ method: 'GET', path: '/a', cost: 1.5 }] }, 'routes[0].cost'],
  ['no routes', { routes: [] }, 'routes'],
  [
    'a public route with scopes',
    { routes: [{ method: 'GET', path: '/a', public: true, scopes: ['x'] }] },
    'routes[0].public',
  ],
  [
    'overlapping routes',
    {
      routes: [
        { method: 'GET', path: '/a/:id' },
        { method: 'GET', path: '/A/b/' },
      ],
    },
    'routes[1].path',
  ],
])('refused: %s', (_what, change, path) => {
  expect(Object.keys(problemsOf({ ...valid, ...change }))).toEqual([path]);
});

test('a limit says whose it is; a user is one within an organisation', () => {
  const { tiers } = definePolicy({
    ...valid,
    tiers: {
      free: [
        { limit: 100, window: '1m', by: 'organisation' },
        { limit: 100, window: '1m', by: 'user' },
        { limit: 100, window: '31d', by: ['client', { claim: 'team' }], shadow: true },
      ],
    },
  });
  expect(tiers.free).toEqual([
    { limit: 100, windowSeconds: 60 },
    { limit: 100, windowSeconds: 60, by: ['organisation', 'user'] },
    { limit: 100, windowSeconds: 2_678_400, by: ['client', { claim: 'team' }], shadow: true },
  ]);
});

test('in a tier in shadow every limit is, and a limit in shadow refuses no cost', () => {
  const { tiers, routes } = definePolicy({
    ...valid,
    tiers: { free: { shadow: true, limits: [{ limit: 1, window: '1m' }] } },
    routes: [{ method: 'GET', path: '/a', cost: 9, shadow: true, limits: [{ limit: 3, window: '1h' }] }],
  });
  expect(tiers.free).toEqual([{ limit: 1, windowSeconds: 60, shadow: true }]);
  expect(routes[0]).toMatchObject({
    shadow: true,
    limits: [{ limit: 3, windowSeconds: 3_600, shadow: true }],
  });
});

test('routes that differ in method only do not overlap', () => {
  const routes = [
    { method: 'GET', path: '/a/:id' },
    { method: 'POST', path: '/a/b' },
  ] as const;
  expect(() => definePolicy({ ...valid, routes: [...routes] })).not.toThrow();
});

describe('the tier of callers without a token', () => {
  const anonymous = [{ limit: 5, window: '1m' }] as const;
  const withAnonymous = (route: object, more: object = {}) =>
    problemsOf({
      ...valid,
      tiers: { ...valid.tiers, anonymous },
      routes: [{ method: 'GET', path: '/a', ...route }],
      ...more,
    });

  test('bounds the cost of public routes, and of no other', () => {
    expect(() => withAnonymous({ cost: 50 })).toThrow('expected the policy to be refused');
    expect(withAnonymous({ cost: 6, public: true })).toEqual({
      'routes[0].cost': 'received 6, above the smallest limit (5): the call could never be admitted',
    });
    expect(withAnonymous({ cost: 101 })).toMatchObject({
      'routes[0].cost': expect.stringContaining('(100)') as string,
    });
  });

  test('is nobody’s who has a token', () => {
    expect(Object.keys(withAnonymous({}, { defaultTier: 'anonymous' }))).toEqual(['defaultTier']);
  });

  test('counts every call of a public route that does not say limit: false, which no other route may', () => {
    const { routes } = definePolicy({
      ...valid,
      routes: [
        { method: 'GET', path: '/healthz', public: true, limit: false },
        { method: 'GET', path: '/page', public: true },
      ],
    });
    expect(routes.map(({ limit }) => limit)).toEqual([false, true]);
    expect(withAnonymous({ limit: false })).toEqual({
      'routes[0].limit':
        'expected true: a call with a token that is to take nothing of its limit has cost: 0',
    });
  });
});

describe('cors', () => {
  const withCors = (cors: object, more: object = {}) => problemsOf({ ...valid, ...more, cors });

  test('has headers that bring a token and JSON, ten minutes, and no cookies, unless it says so', () => {
    expect(definePolicy({ ...valid, cors: { origins: ['https://app.example.com'] } }).cors).toEqual({
      origins: ['https://app.example.com'],
      headers: ['authorization', 'content-type'],
      credentials: false,
      maxAgeSeconds: 600,
    });
    expect(definePolicy(valid).cors).toBeUndefined();
  });

  test.each([
    ['*'],
    ['https://app.example.com', 'http://localhost:3000', 'http://127.0.0.1:8080'],
    ['https://app.example.com:8443'],
  ])('takes the origins %s', (...origins) => {
    expect(definePolicy({ ...valid, cors: { origins } }).cors?.origins).toEqual(origins);
  });

  test.each([
    'https://app.example.com/',
    'https://app.example.com/path',
    'https://App.example.com',
    'https://app.example.com:443',
    'http://app.example.com',
    'app.example.com',
    'https://*.example.com',
    'https://user:secret@app.example.com',
    'null',
    '',
  ])('refuses the origin %j', (origin) => {
    const problems = withCors({ origins: [origin] });
    expect(Object.keys(problems)).toEqual(['cors.origins[0]']);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });

  test.each<[string, object, string]>([
    ['cookies for every origin', { origins: ['*'], credentials: true }, 'cors.credentials'],
    ['* beside an origin', { origins: ['*', 'https://a.example'] }, 'cors.origins'],
    ['an origin twice', { origins: ['https://a.example', 'https://a.example'] }, 'cors.origins'],
    ['no origin', { origins: [] }, 'cors.origins'],
    ['a header that is every header', { origins: ['https://a.example'], headers: ['*'] }, 'cors.headers[0]'],
    ['two headers in one', { origins: ['https://a.example'], headers: ['a, b'] }, 'cors.headers[0]'],
    ['two days', { origins: ['https://a.example'], maxAge: '2d' }, 'cors.maxAge'],
    ['an unknown field', { origins: ['https://a.example'], methods: ['GET'] }, 'cors'],
  ])('refuses %s', (_what, cors, path) => {
    expect(Object.keys(withCors(cors))).toEqual([path]);
  });

  test('leaves no room for a route of OPTIONS', () => {
    const routes = [{ method: 'OPTIONS', path: '/a' }];
    expect(Object.keys(withCors({ origins: ['https://a.example'] }, { routes }))).toEqual([
      'routes[0].method',
    ]);
    expect(() => definePolicy({ ...valid, routes } as PolicyInput)).not.toThrow();
  });
});

describe('whatever a policy holds instead of what belongs there', () => {
  const full: PolicyInput = {
    ...valid,
    tiers: {
      free: { limits: [{ limit: 100, window: '1m', by: ['organisation', { claim: 'team' }], shadow: true }] },
      pro: [{ limit: 1_000, window: '1m', by: { function: 'device' } }],
      anonymous: [{ limit: 600, window: '1m' }],
    },
    routes: [
      {
        method: 'POST',
        path: '/api/payments',
        scopes: ['write:payments'],
        cost: 2,
        onStoreFailure: 'closed',
        sensitive: true,
        limits: [{ limit: 10, window: '1m', by: 'user' }],
        shadow: false,
        public: false,
        limit: true,
      },
    ],
    lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m', session: '8h' },
    upgradeUrl: 'https://example.com/pricing',
    cors: {
      origins: ['https://app.example.com'],
      headers: ['x-team'],
      credentials: true,
      maxAge: '10m',
    },
  };

  /** Each place in the policy: of lists, records and texts. */
  function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
    const inside = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    return [path, ...inside.flatMap(([key, part]) => placesIn(part, [...path, key]))];
  }

  function withPart(value: unknown, [key, ...rest]: readonly string[], part: unknown): unknown {
    if (key === undefined) return part;
    const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
      string,
      unknown
    >;
    copy[key] = withPart(copy[key], rest, part);
    return copy;
  }

  const wrong = [undefined, null, -1, 1.5, '', 'Not This', [], [1], {}, { typo: 1 }, true];

  test('the message says what was received and what was expected, in words of ours', () => {
    const places = placesIn(full);
    expect(places.length).toBeGreaterThan(45);
    const messages = places.flatMap((path) =>
      wrong.flatMap((part) => {
        const input = withPart(full, path, part);
        try {
          definePolicy(input as PolicyInput);
          return [];
        } catch (error) {
          return (error as PolicyError).problems.map(({ message }) => `${path.join('.')}: ${message}`);
        }
      }),
    );
    expect(messages.length).toBeGreaterThan(300);
    // As zod says it.
    expect(
      messages.filter((message) =>
        /Invalid|Too (small|big)|Unrecognized|expected (string|int)\b/.test(message),
      ),
    ).toEqual([]);
    expect(
      messages.filter((message) => !/expected|known are|overlaps|above the smallest/.test(message)),
    ).toEqual([]);
  });
});
