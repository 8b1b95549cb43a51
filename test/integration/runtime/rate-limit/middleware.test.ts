import { rateLimit } from '@portcullis/runtime';
import { policy } from '../../../../policy';
import { serve, type TestApp } from './app';
import { countedIn } from './counted';
import { useTestRedis } from './redis';
import { PATIENTLY } from '../../../support/patiently';

describe('rateLimit() in front of an Express app, on a real Redis', () => {
  const { redis } = useTestRedis();
  let app: TestApp;

  beforeAll(async () => {
    app = await serve(rateLimit({ ...PATIENTLY, policy, redis: redis() }));
  });

  afterAll(async () => {
    await app.close();
  });

  let organisations = 0;
  let acme = '';
  beforeEach(async () => {
    await redis().flushAll();
    acme = `acme-${(organisations += 1)}`;
  });

  test('a free organisation spends its 100 a minute, then hears when to come back and where to upgrade', async () => {
    const caller = { organisation: acme };
    const statuses = [];
    const startedAt = Date.now();
    for (let i = 0; i < 100; i += 1)
      statuses.push((await app.call('GET', '/api/transactions', caller)).status);
    expect(new Set(statuses)).toEqual(new Set([200]));

    const refused = await app.call('GET', '/api/transactions', caller);
    const body = (await refused.json()) as { retryAfter: number };
    expect(refused.status).toBe(429);
    expect(body).toEqual({
      error: 'rate_limit_exceeded',
      message: expect.stringContaining('Rate limit exceeded') as string,
      limit: 100,
      remaining: 0,
      retryAfter: expect.any(Number) as number,
      tier: 'free',
      upgradeUrl: 'https://api.diego.dev/pricing',
    });
    // A minute after the first call, however long they took.
    const elapsed = Math.ceil((Date.now() - startedAt) / 1_000);
    expect(body.retryAfter).toBeGreaterThanOrEqual(59 - elapsed);
    expect(body.retryAfter).toBeLessThanOrEqual(61);
    expect(refused.headers.get('retry-after')).toBe(String(body.retryAfter));
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
  });

  test('every answer says the limit, what is left and when all of it is back', async () => {
    const askedAt = Date.now() / 1_000;
    const answer = await app.call('POST', '/api/reports/generate', { organisation: acme, tier: 'pro' });
    const answeredAt = Date.now() / 1_000;
    const reset = Number(answer.headers.get('x-ratelimit-reset'));
    expect(answer.headers.get('x-ratelimit-limit')).toBe('1000');
    expect(answer.headers.get('x-ratelimit-remaining')).toBe('980');
    expect(reset).toBeGreaterThan(askedAt + 59);
    expect(reset).toBeLessThan(answeredAt + 62);
    expect(answer.headers.get('ratelimit-policy')).toBe('"pro";q=1000;w=60');
    expect(answer.headers.get('ratelimit')).toMatch(/^"pro";r=980;t=6[01]$/);
  });

  test('a refusal’s body and headers say the same of what is left', async () => {
    const caller = { organisation: acme };
    for (let i = 0; i < 97; i += 1) await app.call('GET', '/api/transactions', caller);
    const refused = await app.call('POST', '/api/reports/generate', caller);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ limit: 100, remaining: 3 });
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('3');
    expect(refused.headers.get('ratelimit')).toMatch(/^"free";r=3;t=/);
  });

  test('two limiters of one request name their limits apart', async () => {
    const hourly = rateLimit({ ...PATIENTLY, policy: { ...policy, name: 'hourly' }, redis: redis() });
    const both = await serve(rateLimit({ ...PATIENTLY, policy, redis: redis() }), hourly);
    const { headers } = await both.call('GET', '/api/transactions', { organisation: acme });
    expect(headers.get('ratelimit-policy')).toBe('"free";q=100;w=60, "free-2";q=100;w=60');
    expect(headers.get('ratelimit')).toMatch(/^"free";r=99;t=6[01], "free-2";r=99;t=6[01]$/);
    await both.close();
  });

  test('a refused call is charged nothing, so a cheaper one still fits', async () => {
    const caller = { organisation: acme };
    for (let i = 0; i < 4; i += 1) await app.call('POST', '/api/reports/generate', caller);
    for (let i = 0; i < 15; i += 1) await app.call('GET', '/api/transactions', caller);
    expect((await app.call('POST', '/api/reports/generate', caller)).status).toBe(429);
    expect((await app.call('GET', '/api/transactions', caller)).headers.get('x-ratelimit-remaining')).toBe(
      '4',
    );
  });

  test('tokens of one organisation share its limit; organisations, issuers and people without one do not', async () => {
    const remaining = async (caller: object) =>
      (await app.call('GET', '/api/transactions', caller)).headers.get('x-ratelimit-remaining');
    expect(await remaining({ organisation: acme, subject: 'ann' })).toBe('99');
    expect(await remaining({ organisation: acme, subject: 'bob' })).toBe('98');
    expect(await remaining({ organisation: 'other', subject: 'ann' })).toBe('99');
    expect(await remaining({ organisation: acme, issuer: 'https://else.example.com' })).toBe('99');
    expect(await remaining({ subject: acme })).toBe('99');
    expect(await remaining({ subject: acme })).toBe('98');
  });

  test('a change of tier does not double the quota', async () => {
    for (let i = 0; i < 5; i += 1)
      await app.call('POST', '/api/reports/generate', { organisation: acme, tier: 'pro' });
    expect((await app.call('GET', '/api/transactions', { organisation: acme })).status).toBe(429);
  });

  test('public routes are not limited and carry no header', async () => {
    const answer = await app.call('GET', '/healthz');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-ratelimit-limit')).toBeNull();
  });

  test('every key dies by itself', async () => {
    await app.call('GET', '/api/transactions', { organisation: acme });
    const keys = await redis().keys('*');
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatch(/^portcullis:\{[\w-]{22}\}:60$/);
    expect(await redis().pTTL(keys[0]!)).toBeGreaterThan(60_000);
    expect(await redis().pTTL(keys[0]!)).toBeLessThanOrEqual(70_000);
  });

  test('the script comes back by itself after SCRIPT FLUSH', async () => {
    await redis().scriptFlush();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => app.call('GET', '/api/transactions', { organisation: acme })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(await countedIn(redis(), 60)).toBe(20);
  });
});
