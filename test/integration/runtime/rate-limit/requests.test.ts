/** What requests, costs and stacked limiters may do to the answers: over HTTP, on a real Redis. */
import {
  CostFunctionError,
  definePolicy,
  rateLimit,
  type CostFunction,
  type RateLimitInfo,
} from '@portcullis/runtime';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { rateLimit as expressRateLimit } from 'express-rate-limit';
import { parseList } from '../../../support/structured-fields';
import { serve, type TestApp } from './app';
import { useTestRedis } from './redis';
import { PATIENTLY } from '../../../support/patiently';

const policy = definePolicy({
  name: 'requests',
  issuer: 'https://issuer.example.com',
  audience: 'https://api.example.com',
  tiers: {
    free: [{ limit: 100, window: '1m' }],
    pro: [
      { limit: 50, window: '10s' },
      { limit: 200, window: '1m' },
    ],
  },
  defaultTier: 'free',
  routes: [
    { method: 'GET', path: '/cheap' },
    { method: 'GET', path: '/dear', cost: 20 },
    { method: 'GET', path: '/priced', cost: 7 },
  ],
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
});

const { redis } = useTestRedis();
let app: TestApp;
let organisation: string;
let organisations = 0;
beforeEach(() => {
  organisation = `org-${(organisations += 1)}`;
});
afterEach(() => app.close());

const call = (path: string, tier = 'free'): Promise<Response> =>
  app.call('GET', path, { organisation, tier });
const remaining = async (path = '/cheap', tier = 'free'): Promise<number> =>
  Number((await call(path, tier)).headers.get('x-ratelimit-remaining'));

describe('a cost that depends on the request', () => {
  const priced = (cost: CostFunction): Promise<TestApp> =>
    serve(rateLimit({ ...PATIENTLY, policy, redis: redis(), costs: { 'GET /priced': cost } }));

  test('is charged, rounded up', async () => {
    app = await priced((req) => Number(req.query.units) / 2);
    expect(await remaining('/priced?units=5')).toBe(97);
    expect(await remaining('/priced?units=0')).toBe(97);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('a secret of the app');
      },
    ],
    ['gives NaN', () => NaN],
    ['gives a negative number', () => -5],
    ['gives a promise', () => Promise.resolve(1) as unknown as number],
    ['gives nothing', () => undefined as unknown as number],
  ])(
    'that %s is an error of the app; the fixed cost of the route is charged',
    async (_, cost: CostFunction) => {
      let seen: unknown;
      // Express knows an error handler by its four parameters.
      const onError: ErrorRequestHandler = (error, _req, res, next) => {
        seen = error;
        if (res.headersSent) next(error);
        else res.status(500).json({ error: 'internal' });
      };
      app = await serve(
        rateLimit({ ...PATIENTLY, policy, redis: redis(), costs: { 'GET /priced': cost } }),
        onError as unknown as RequestHandler,
      );
      const answer = await call('/priced');
      expect(answer.status).toBe(500);
      expect(answer.headers.get('x-ratelimit-remaining')).toBe('93');
      expect(seen).toBeInstanceOf(CostFunctionError);
      expect(seen).toMatchObject({ code: 'ERR_COST_FUNCTION' });
      expect((seen as Error).message).not.toContain('secret');
    },
  );

  test.each([101, 1e300, Infinity])('of %d, above the limit, can never fit, and says so', async (cost) => {
    app = await priced(() => cost);
    const answer = await call('/priced');
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(await answer.json()).toMatchObject({ error: 'cost_exceeds_limit', limit: 100, tier: 'free' });
    expect(await remaining()).toBe(99);
  });
});

test.each(['platinum', '', '__proto__', 'constructor'])(
  'a token whose tier is %j has the default one',
  async (tier) => {
    app = await serve(rateLimit({ ...PATIENTLY, policy, redis: redis() }));
    const answer = await call('/cheap', tier);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('ratelimit-policy')).toBe('"free";q=100;w=60');
  },
);

describe('a refund', () => {
  const infos: RateLimitInfo[] = [];
  const remember: RequestHandler = (req, _res, next) => {
    if (req.rateLimit) infos.push(req.rateLimit);
    next();
  };
  beforeEach(async () => {
    infos.length = 0;
    app = await serve(rateLimit({ ...PATIENTLY, policy, redis: redis() }), remember);
  });

  test('gives back what was charged, in all never more than that', async () => {
    await call('/dear');
    const [info] = infos;
    await info?.refund(15);
    expect(await remaining()).toBe(94);
    await info?.refund(100);
    expect(await remaining()).toBe(98);
    await info?.refund(1);
    expect(await remaining()).toBe(97);
  });

  test.each([-1, 0.5, NaN, Infinity])(
    'of %d is an error of the app, and gives nothing back',
    async (amount) => {
      await call('/dear');
      await expect(infos[0]?.refund(amount)).rejects.toThrow(RangeError);
      expect(await remaining()).toBe(79);
    },
  );

  test('lets a client in at once that was just denied', async () => {
    for (let i = 0; i < 5; i += 1) await call('/dear');
    expect((await call('/cheap')).status).toBe(429);
    await infos[0]?.refund(1);
    expect((await call('/cheap')).status).toBe(200);
  });
});

test('a denied client is answered without Redis; its cheaper call, and its call in another tier, are not', async () => {
  app = await serve(rateLimit({ ...PATIENTLY, policy, redis: redis() }));
  const scripts = async (): Promise<number> =>
    Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis().info('commandstats'))?.[1] ?? 0);
  for (let i = 0; i < 4; i += 1) await call('/dear');
  for (let i = 0; i < 10; i += 1) await call('/cheap');
  const before = await scripts();
  const statuses = new Set<number>();
  for (let i = 0; i < 20; i += 1) statuses.add((await call('/dear')).status);
  expect(statuses).toEqual(new Set([429]));
  // One asks; a slow machine may need more than the second for which its answer holds.
  expect((await scripts()) - before).toBeLessThan(5);

  const asked = await scripts();
  expect((await call('/cheap')).status).toBe(200);
  expect((await call('/dear', 'pro')).status).toBe(429);
  expect((await scripts()) - asked).toBe(2);
});

describe('the headers', () => {
  test('are structured fields, on admissions and denials, in one window and in two', async () => {
    app = await serve(rateLimit({ ...PATIENTLY, policy, redis: redis() }));
    const fields = async (path: string, tier: string) => {
      const { headers } = await call(path, tier);
      return [parseList(headers.get('ratelimit-policy') ?? ''), parseList(headers.get('ratelimit') ?? '')];
    };
    expect(await fields('/cheap', 'free')).toEqual([
      [{ value: 'free', parameters: { q: 100, w: 60 } }],
      [{ value: 'free', parameters: { r: 99, t: expect.any(Number) as number } }],
    ]);
    const standing = (short: number, long: number) => [
      [
        { value: 'pro-10s', parameters: { q: 50, w: 10 } },
        { value: 'pro-60s', parameters: { q: 200, w: 60 } },
      ],
      [
        { value: 'pro-10s', parameters: { r: short, t: expect.any(Number) as number } },
        { value: 'pro-60s', parameters: { r: long, t: expect.any(Number) as number } },
      ],
    ];
    expect(await fields('/dear', 'pro')).toEqual(standing(29, 179));
    expect(await fields('/dear', 'pro')).toEqual(standing(9, 159));
    expect(await fields('/dear', 'pro')).toEqual(standing(9, 159));
    expect((await call('/dear', 'pro')).headers.get('x-ratelimit-limit')).toBe('50');
  });

  const stacked = (limit: number): Promise<TestApp> =>
    serve(
      expressRateLimit({
        windowMs: 60_000,
        limit,
        standardHeaders: 'draft-8',
        legacyHeaders: true,
        identifier: 'other',
        keyGenerator: () => organisation,
      }),
      rateLimit({ ...PATIENTLY, policy, redis: redis() }),
    );

  test.each([
    ['tighter', 10, { limit: '10', remaining: '9' }],
    ['wider', 1_000, { limit: '100', remaining: '99' }],
  ])(
    'of a %s limiter that was here before stay beside ours; what binds more is told',
    async (_, limit, expected) => {
      app = await stacked(limit);
      const { headers } = await call('/cheap');
      expect(parseList(headers.get('ratelimit-policy') ?? '').map(({ value }) => value)).toEqual([
        'other',
        'free',
      ]);
      expect(
        parseList(headers.get('ratelimit') ?? '').map(({ value, parameters }) => [value, parameters.r]),
      ).toEqual([
        ['other', limit - 1],
        ['free', 99],
      ]);
      expect({
        limit: headers.get('x-ratelimit-limit'),
        remaining: headers.get('x-ratelimit-remaining'),
      }).toEqual(expected);
    },
  );
});
