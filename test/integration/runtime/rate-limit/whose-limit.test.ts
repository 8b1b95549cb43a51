/** Whose a limit is, several at once, and limits in shadow: by requests and without, on a real Redis. */
import {
  definePolicy,
  rateLimit,
  type Consumption,
  type RateLimitEvent,
  type RateLimiter,
} from '@portcullis/runtime';
import type { PolicyInput } from '@portcullis/runtime/policy';
import { useTestRedis } from './redis';
import { serve, type TestApp } from './app';

const { redis } = useTestRedis();
let app: TestApp | undefined;
let limiter: RateLimiter;
let events: RateLimitEvent[] = [];

const policyOf = (change: Partial<PolicyInput>) =>
  definePolicy({
    name: 'whose',
    issuer: 'https://issuer.example.com',
    audience: 'whose',
    tiers: { free: [{ limit: 100, window: '1m' }] },
    defaultTier: 'free',
    routes: [
      { method: 'GET', path: '/items' },
      { method: 'POST', path: '/exports' },
    ],
    lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
    ...change,
  });

async function start(change: Partial<PolicyInput>, options: Partial<Parameters<typeof rateLimit>[0]> = {}) {
  await redis().flushAll();
  events = [];
  limiter = rateLimit({
    ...{ policy: policyOf(change), redis: redis(), timeoutMs: 5_000 },
    onEvent: (event) => events.push(event),
    ...options,
  });
  app = await serve(limiter);
  return app;
}

afterEach(async () => {
  await limiter.close();
  await app?.close();
  app = undefined;
});

const acme = (subject: string, more = {}) => ({ subject, organisation: 'acme', ...more });
const call = async (caller: object | undefined, path = '/items', headers = {}): Promise<number> =>
  (await app!.call(path === '/exports' ? 'POST' : 'GET', path, caller, headers)).status;
const times = async (count: number, of: () => Promise<number>): Promise<number[]> => {
  const all: number[] = [];
  for (let time = 0; time < count; time += 1) all.push(await of());
  return all;
};
const counters = async (): Promise<string[]> => (await redis().keys('*')).sort();

describe('several limits at once', () => {
  const both: Partial<PolicyInput> = {
    tiers: {
      free: [
        { limit: 3, window: '1m', by: 'user' },
        { limit: 5, window: '1m' },
      ],
    },
  };

  test('a user has a limit within the organisation, and all users together have that of the organisation', async () => {
    await start(both);
    expect(await times(4, () => call(acme('ann')))).toEqual([200, 200, 200, 429]);
    expect(await times(3, () => call(acme('bob')))).toEqual([200, 200, 429]);
    expect(await call({ subject: 'ann', organisation: 'globex' })).toBe(200);
  });

  test('what does not fit in one of them is charged in none', async () => {
    await start(both);
    await times(3, () => call(acme('ann')));
    expect(await call(acme('ann'))).toBe(429);
    expect(await times(2, () => call(acme('bob')))).toEqual([200, 200]);
  });

  test('they are decided by one command, told each under a name of its own, and share a slot', async () => {
    await start(both);
    const answer = await app!.call('GET', '/items', acme('ann'));
    expect(answer.headers.get('ratelimit-policy')).toBe('"free-60s-user";q=3;w=60, "free-60s";q=5;w=60');
    expect(answer.headers.get('ratelimit')).toMatch(/^"free-60s-user";r=2;t=6\d, "free-60s";r=4;t=6\d$/);
    expect(answer.headers.get('x-ratelimit-limit')).toBe('3');
    const keys = await counters();
    expect(keys).toHaveLength(2);
    expect(new Set(keys.map((key) => /\{.+\}/.exec(key)?.[0])).size).toBe(1);
  });

  test('a refused user does not make the deny cache refuse others of the organisation', async () => {
    await start(both);
    await times(5, () => call(acme('ann')));
    expect(await call(acme('bob'))).toBe(200);
  });

  test('reserved blocks hold units of each of them: none is exceeded', async () => {
    const limits = [
      { limit: 200, window: '1m', by: 'user' },
      { limit: 300, window: '1m' },
    ] as const;
    await start({ tiers: { free: [...limits] } }, { reserved: { tiers: ['free'] } });
    const admitted = { ann: 0, bob: 0 };
    const by = new Set<string>();
    for (let round = 0; round < 500; round += 1)
      for (const user of ['ann', 'bob'] as const) {
        const decided = await limiter.consume({ client: acme(user) });
        if (!decided.allowed) continue;
        admitted[user] += 1;
        by.add(decided.by);
      }
    expect([...by].sort()).toEqual(['block', 'store']);
    expect(Math.max(admitted.ann, admitted.bob)).toBeLessThanOrEqual(200);
    expect(admitted.ann + admitted.bob).toBeLessThanOrEqual(300);
    expect(admitted.ann + admitted.bob).toBeGreaterThan(200);
  });

  test('a refund goes to each of them', async () => {
    await start(both);
    const taken = await limiter.consume({ client: acme('ann'), cost: 3 });
    await taken.refund(3);
    expect(await times(4, () => call(acme('ann')))).toEqual([200, 200, 200, 429]);
  });
});

describe('by', () => {
  test.each<[string, PolicyInput['tiers'][string], object, object]>([
    ['client', [{ limit: 1, window: '1m', by: 'client' }], { clientId: 'web' }, { clientId: 'app' }],
    [
      'a claim',
      [{ limit: 1, window: '1m', by: { claim: 'team' } }],
      { claims: { team: 'red' } },
      { claims: { team: 'blue' } },
    ],
    [
      'client within the organisation',
      [{ limit: 1, window: '1m', by: ['organisation', 'client'] }],
      { clientId: 'web' },
      { clientId: 'app' },
    ],
  ])('%s: each has its own', async (_what, tier, one, other) => {
    await start({ tiers: { free: tier } });
    expect(await times(2, () => call(acme('ann', one)))).toEqual([200, 429]);
    expect(await times(2, () => call(acme('ann', other)))).toEqual([200, 429]);
  });

  test('who leaves out what it counts by has one, too: no claim is no way around', async () => {
    await start({ tiers: { free: [{ limit: 1, window: '1m', by: { claim: 'team' } }] } });
    expect(await times(2, () => call(acme('ann')))).toEqual([200, 429]);
    expect(await call(acme('ann', { claims: { team: { a: 1 } } }))).toBe(429);
    expect(await call({ subject: 'eve', organisation: 'globex' })).toBe(200);
  });

  test('address: a neighbour of another network has its own, whatever the token', async () => {
    await start({ tiers: { free: [{ limit: 1, window: '1m', by: 'address' }] } }, { trustedProxies: 1 });
    const from = (address: string, subject: string) =>
      call(acme(subject), '/items', { 'x-forwarded-for': address });
    expect(await from('192.0.2.1', 'ann')).toBe(200);
    expect(await from('192.0.2.1', 'bob')).toBe(429);
    expect(await from('192.0.2.2', 'bob')).toBe(200);
  });

  test('a function: what it gives; where it fails the call is charged, and the app hears of it', async () => {
    await start(
      { tiers: { free: [{ limit: 1, window: '1m', by: { function: 'device' } }] } },
      {
        keys: {
          device: (req) => {
            if (req.get('x-device') === 'broken') throw new Error('no device');
            return req.get('x-device');
          },
        },
      },
    );
    const by = (device: string) => call(acme('ann'), '/items', { 'x-device': device });
    expect([await by('one'), await by('one'), await by('two')]).toEqual([200, 429, 200]);
    expect([await by('broken'), await by('broken')]).toEqual([500, 429]);
  });

  test('what the limiter cannot count by is refused at the start, each with its remedy', () => {
    const policy = policyOf({
      tiers: {
        free: [
          { limit: 1, window: '1m', by: 'address' },
          { limit: 1, window: '1m', by: { function: 'device' } },
        ],
      },
    });
    expect(() => rateLimit({ policy, redis: redis() })).toThrow(
      /trustedProxies: expected the proxies[\s\S]*keys\.device: expected a function/,
    );
  });
});

describe("a route's own limits", () => {
  test('stand beside those of the tier', async () => {
    await start({
      tiers: { free: [{ limit: 6, window: '1m' }] },
      routes: [
        { method: 'GET', path: '/items' },
        { method: 'POST', path: '/exports', limits: [{ limit: 2, window: '1h', by: 'user' }] },
      ],
    });
    expect(await times(3, () => call(acme('ann'), '/exports'))).toEqual([200, 200, 429]);
    expect(await call(acme('bob'), '/exports')).toBe(200);
    expect(await times(4, () => call(acme('ann')))).toEqual([200, 200, 200, 429]);
  });
});

describe('in shadow', () => {
  const tried: [string, Partial<PolicyInput>][] = [
    ['a tier', { tiers: { free: { shadow: true, limits: [{ limit: 2, window: '1m' }] } } }],
    ['a window', { tiers: { free: [{ limit: 2, window: '1m', shadow: true }] } }],
    [
      'a route',
      {
        tiers: { free: [{ limit: 2, window: '1m' }] },
        routes: [{ method: 'GET', path: '/items', shadow: true }],
      },
    ],
  ];

  test.each(tried)('%s is decided, counted and told, and refuses nobody', async (_what, change) => {
    await start(change);
    expect(await times(4, () => call(acme('ann')))).toEqual([200, 200, 200, 200]);
    expect(events).toEqual([
      expect.objectContaining({ type: 'denied_in_shadow', tier: 'free', route: '/items', limit: 2 }),
      expect.objectContaining({ type: 'denied_in_shadow' }),
    ]);
    const answer = await app!.call('GET', '/items', acme('ann'));
    expect(answer.headers.get('ratelimit')).toBeNull();
    expect(answer.headers.get('x-ratelimit-remaining')).toBeNull();
  });

  test.each([
    [true, 200],
    [false, 503],
  ])(
    'a route that is closed in an outage is so only where a limit is enforced: in shadow %s, %i',
    async (shadow, status) => {
      const gone = redis().duplicate();
      await start(
        { routes: [{ method: 'GET', path: '/items', onStoreFailure: 'closed', shadow }] },
        { redis: gone },
      );
      expect(await call(acme('ann'))).toBe(status);
    },
  );

  test('a window in shadow counts what it would have admitted, and those beside it are enforced', async () => {
    await start({
      tiers: {
        free: [
          { limit: 2, window: '1m', shadow: true },
          { limit: 3, window: '1h' },
        ],
      },
    });
    expect(await times(4, () => call(acme('ann')))).toEqual([200, 200, 200, 429]);
    const { deniedInShadow, allowed } = await limiter.consume({ client: 'acme', cost: 0 });
    expect({ deniedInShadow, allowed }).toEqual({ deniedInShadow: false, allowed: true });
  });
});

describe('without HTTP', () => {
  test('a message takes from the same limits as a request of its client', async () => {
    await start({ tiers: { free: [{ limit: 3, window: '1m' }], pro: [{ limit: 9, window: '1m' }] } });
    await call(acme('ann'));
    const one = await limiter.consume({ client: 'acme', cost: 2 });
    expect(one).toMatchObject({ allowed: true, by: 'store', tier: 'free', cost: 2, deniedInShadow: false });
    expect(one.headers).toMatchObject({ 'X-RateLimit-Limit': '3', 'X-RateLimit-Remaining': '0' });
    const two = await limiter.consume({ client: acme('ann') });
    expect(two).toMatchObject({ allowed: false, headers: { 'Retry-After': String(two.retryAfter) } });
    expect(two.retryAfter).toBeGreaterThan(55);
    expect(await limiter.consume({ client: 'acme', tier: 'pro' })).toMatchObject({ allowed: true });
    await one.refund(2);
    expect(await limiter.consume({ client: 'acme' })).toMatchObject({ allowed: true });
  });

  test('a route gives its cost and its limits; an address and keys are given by hand', async () => {
    await start(
      {
        routes: [
          {
            method: 'POST',
            path: '/exports',
            cost: 2,
            limits: [{ limit: 2, window: '1m', by: ['organisation', 'address'] }],
          },
        ],
      },
      { trustedProxies: 0 },
    );
    const from = (address: string) => limiter.consume({ client: 'acme', route: 'POST /exports', address });
    expect(await from('192.0.2.1')).toMatchObject({ allowed: true, cost: 2 });
    expect(await from('192.0.2.1')).toMatchObject({ allowed: false });
    expect(await from('2001:db8::1')).toMatchObject({ allowed: true });
  });

  test.each<[string, Consumption]>([
    ['a route that is none', { client: 'acme', route: 'GET /nowhere' }],
    ['a tier that is none', { client: 'acme', tier: 'gold' }],
    ['a cost below zero', { client: 'acme', cost: -1 }],
    ['a fraction', { client: 'acme', cost: 1.5 }],
  ])('refuses %s', async (_what, consumption) => {
    await start({});
    await expect(limiter.consume(consumption)).rejects.toThrow(RangeError);
  });
});
