import {
  definePolicy,
  enforce,
  optionalAuth,
  rateLimit,
  requireAuth,
  type AuthMiddleware,
  type RateLimiter,
  type RateLimitEvent,
  type RateLimitOptions,
} from '@portcullis/runtime';
import express from 'express';
import { AUDIENCE, useIssuer } from '../../../support/auth/issuer';
import { bearer, serve, type Answer, type HeaderLines, type RunningApp } from '../../../support/auth/app';
import { downRedis } from '../../../support/down-redis';
import { PATIENTLY } from '../../../support/patiently';
import { countedInAll } from './counted';
import { useTestRedis } from './redis';

const LIMIT = 10;

const policyOf = (issuer: string, anonymous = true) =>
  definePolicy({
    name: 'anonymous-test',
    issuer,
    audience: AUDIENCE,
    tiers: {
      free: [{ limit: 100, window: '1h' }],
      pro: [{ limit: 1_000, window: '1h' }],
      ...(anonymous && { anonymous: [{ limit: LIMIT, window: '1h' }] }),
    },
    defaultTier: 'free',
    routes: [
      { method: 'GET', path: '/page', public: true },
      { method: 'GET', path: '/search', public: true, cost: 4 },
      { method: 'GET', path: '/healthz', public: true, limit: false },
      { method: 'GET', path: '/api/orders' },
    ],
    lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
  });

describe('callers without a token, on a real Redis', () => {
  const { redis } = useTestRedis();
  const issuer = useIssuer();
  let app: RunningApp;
  let auth: AuthMiddleware;
  let limiter: RateLimiter;
  let events: RateLimitEvent[];
  let warnings: string[];

  beforeEach(async () => {
    await redis().flushAll();
    events = [];
    warnings = [];
    jest.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    auth.close();
    await app.stop();
    await limiter.close();
  });

  interface Setting {
    readonly options?: Partial<RateLimitOptions>;
    readonly anonymous?: boolean;
    readonly makeAuth?: typeof requireAuth;
  }
  const start = async ({ options, anonymous, makeAuth = requireAuth }: Setting = {}): Promise<void> => {
    const policy = policyOf(issuer().url, anonymous);
    const told = events;
    limiter = rateLimit({
      ...PATIENTLY,
      ...{ policy, redis: redis(), trustedProxies: 1, onEvent: (event) => told.push(event) },
      ...options,
    });
    auth = makeAuth({ policy, limiter });
    const api = express();
    api.use(auth, limiter);
    if (makeAuth === requireAuth) api.use(enforce(policy));
    api.use((req, res) => void res.json({ refundable: req.rateLimit !== undefined }));
    app = await serve(api);
  };

  const from = (address: string): HeaderLines => [['X-Forwarded-For', address]];
  const ANN = '192.0.2.1';
  const times = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
  const each = async (count: number, call: (n: number) => Promise<Answer>): Promise<number[]> => {
    const statuses = [];
    for (const n of times(count)) statuses.push((await call(n)).status);
    return statuses;
  };
  const countOf = (statuses: readonly number[], status: number): number =>
    statuses.filter((one) => one === status).length;

  test.each<[string, (n: number) => HeaderLines]>([
    ['no token', () => []],
    ['another kind of credentials', () => [['Authorization', 'Basic dXNlcjpwYXNz']]],
    ['forged tokens', (n) => bearer(`eyJhbGciOiJSUzI1NiJ9.e30.${n}`)],
    ['two tokens', () => [...bearer('a.b.c'), ...bearer('d.e.f')]],
  ])('300 requests with %s get the limit’s 401 or 400, then 429', async (_what, headers) => {
    await start();
    const statuses = await each(300, (n) => app.get('/api/orders', [...headers(n), ...from(ANN)]));
    expect(countOf(statuses.slice(0, LIMIT), 429)).toBe(0);
    expect(countOf(statuses, 429)).toBe(300 - LIMIT);
    expect((await app.get('/api/orders', from('192.0.2.2'))).status).toBe(401);
  });

  test('the refusal says when to come back, and what the limit was', async () => {
    await start();
    await each(LIMIT, () => app.get('/api/orders', from(ANN)));
    const { status, body, headers } = await app.get('/api/orders', from(ANN));
    expect(status).toBe(429);
    expect(body).toMatchObject({
      error: 'rate_limit_exceeded',
      limit: LIMIT,
      remaining: 0,
      tier: 'anonymous',
    });
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(3_660);
    expect(headers['ratelimit-policy']).toBe('"anonymous";q=10;w=3600');
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'denied',
        tier: 'anonymous',
        route: 'failed-authentication',
        limit: LIMIT,
      }),
    );
    expect(JSON.stringify(events)).not.toContain(ANN);
  });

  test('a good token passes, new or verified before, while a neighbour on its network guesses', async () => {
    await start();
    const before = await issuer().token({ jti: 'before' });
    await each(2, () => app.get('/api/orders', [...bearer(before), ...from(ANN)]));
    await each(50, (n) => app.get('/api/orders', [...bearer(`a.b.${n}`), ...from(ANN)]));
    const fresh = await issuer().token({ jti: 'fresh' });
    for (const token of [before, fresh])
      expect((await app.get('/api/orders', [...bearer(token), ...from(ANN)])).status).toBe(200);
  });

  test('an expired token is told so while a neighbour guesses, and is counted by itself', async () => {
    await start();
    await each(LIMIT + 1, () => app.get('/api/orders', from(ANN)));
    const seconds = Math.floor(Date.now() / 1_000);
    const expired = await issuer().token({ iat: seconds - 800, exp: seconds - 100 });
    const call = () => app.get('/api/orders', [...bearer(expired), ...from(ANN)]);
    expect((await call()).body.error).toBe('token_expired');
    const statuses = await each(30, call);
    expect(countOf(statuses, 401)).toBe(LIMIT - 1);
    expect(countOf(statuses, 429)).toBe(30 - LIMIT + 1);
  });

  test('300 calls of a public route get the tier’s, by cost, and failures are counted apart', async () => {
    await start();
    expect(countOf(await each(300, () => app.get('/page', from(ANN))), 200)).toBe(LIMIT);
    expect(countOf(await each(5, () => app.get('/search', from('192.0.2.2'))), 200)).toBe(2);
    expect((await app.get('/api/orders', from(ANN))).status).toBe(401);
    const other = await app.get('/page', from('192.0.2.3'));
    expect(other.headers['x-ratelimit-remaining']).toBe(String(LIMIT - 1));
    expect(other.body).toEqual({ refundable: true });
  });

  test('a caller whose token was verified already has a public route’s limit for itself', async () => {
    await start();
    const token = await issuer().token();
    await each(2, () => app.get('/api/orders', [...bearer(token), ...from(ANN)]));
    await each(LIMIT + 1, () => app.get('/page', from(ANN)));
    const statuses = await each(30, () => app.get('/page', [...bearer(token), ...from(ANN)]));
    expect(countOf(statuses, 200)).toBe(LIMIT);
    const forged = await app.get('/page', [...bearer('a.b.c'), ...from(ANN)]);
    expect(forged.status).toBe(429);
    // Its quota is untouched by it.
    const { headers } = await app.get('/api/orders', [...bearer(token), ...from(ANN)]);
    expect(headers['x-ratelimit-remaining']).toBe('997');
  });

  test('a route with limit: false is never counted', async () => {
    await start();
    const answers = await Promise.all(times(50).map(() => app.get('/healthz', from(ANN))));
    expect(
      countOf(
        answers.map(({ status }) => status),
        200,
      ),
    ).toBe(50);
    expect(answers[0]!.headers['x-ratelimit-limit']).toBeUndefined();
    expect(await redis().dbSize()).toBe(0);
  });

  test('one IPv6 /64 is one network, and a /48 has room for sixteen, however many its holder takes', async () => {
    await start();
    const sameNetwork = await each(30, (n) => app.get('/page', from(`2001:db8:1:2:${n}::1`)));
    expect(countOf(sameNetwork, 200)).toBe(LIMIT);
    const sameSite = await each(300, (n) => app.get('/page', from(`2001:db8:7:${n.toString(16)}::1`)));
    expect(countOf(sameSite, 200)).toBe(16 * LIMIT);
    expect((await app.get('/page', from('2001:db8:8::1'))).status).toBe(200);
  });

  test('a network at its limit takes nothing from the site that it is a part of', async () => {
    await start();
    await each(200, () => app.get('/page', from('2001:db8:1:1::1')));
    const others = await each(15 * LIMIT, (n) => app.get('/page', from(`2001:db8:1:${100 + n}::1`)));
    expect(countOf(others, 200)).toBe(15 * LIMIT);
  });

  test('what a site refuses is not charged to the network', async () => {
    await start();
    await each(16 * LIMIT, (n) => app.get('/page', from(`2001:db8:1:${100 + n}::1`)));
    expect((await app.get('/page', from('2001:db8:1:9::1'))).status).toBe(429);
    expect(await countedInAll(redis())).toBe(2 * 16 * LIMIT);
  });

  test('without a tier `anonymous` failures have the default tier’s limits, and public routes none', async () => {
    await start({ anonymous: false });
    expect(countOf(await each(150, () => app.get('/page', from(ANN))), 200)).toBe(150);
    expect(countOf(await each(150, () => app.get('/api/orders', from(ANN))), 401)).toBe(100);
  });

  test('with optionalAuth() a caller without a token has its network’s limits', async () => {
    await start({ makeAuth: optionalAuth });
    expect(countOf(await each(30, () => app.get('/api/orders', from(ANN))), 200)).toBe(LIMIT);
    const forged = await each(30, () => app.get('/api/orders', [...bearer('a.b.c'), ...from(ANN)]));
    expect(countOf(forged, 401)).toBe(LIMIT);
  });

  test('where trustedProxies is not stated nothing is counted by network, and the start says so', async () => {
    await start({ options: { trustedProxies: undefined as never } });
    expect(countOf(await each(30, () => app.get('/page')), 200)).toBe(30);
    expect(countOf(await each(30, () => app.get('/api/orders')), 401)).toBe(30);
    expect(warnings).toEqual([
      expect.stringMatching(/^rateLimit\(\): trustedProxies is not stated, so neither/),
    ]);
  });

  test('a request through a proxy that nobody stated is told, once', async () => {
    await start({ options: { trustedProxies: 0 } });
    expect(warnings).toEqual([]);
    await each(3, () => app.get('/page', from(ANN)));
    expect(warnings).toEqual([
      expect.stringMatching(/^rateLimit\(\): a request came through a proxy and trustedProxies says 0/),
    ]);
  });

  test('while Redis is away failures go on by this process’ share', async () => {
    await start({ options: { redis: downRedis } });
    expect(countOf(await each(30, () => app.get('/api/orders', from(ANN))), 401)).toBe(Math.floor(LIMIT / 4));
  });
});
