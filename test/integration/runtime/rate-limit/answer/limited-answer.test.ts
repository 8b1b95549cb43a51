import { rateLimit, type RateLimitOptions, type Refusal } from '@portcullis/runtime';
import type { RequestHandler } from 'express';
import { policy } from '../../../../../policy';
import { downRedis } from '../../../../support/down-redis';
import { PATIENTLY } from '../../../../support/patiently';
import { serve, type TestApp } from '../app';
import { useTestRedis } from '../redis';

const PROBLEM = 'application/problem+json';
const QUOTA = 'https://iana.org/assignments/http-problem-types#quota-exceeded';

describe('what a refused client is told', () => {
  const { redis } = useTestRedis();
  let app: TestApp;
  let warnings: string[];
  beforeEach(async () => {
    await redis().flushAll();
    warnings = [];
    jest.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await app.close();
  });

  const start = async (options: Partial<RateLimitOptions> = {}, ...more: RequestHandler[]): Promise<void> => {
    const limiter = rateLimit({ ...PATIENTLY, policy, redis: redis(), trustedProxies: 0, ...options });
    app = await serve(limiter, ...more);
  };
  const caller = { organisation: 'acme' };
  const dear = (accept?: string): Promise<Response> =>
    app.call('POST', '/api/reports/generate', caller, accept === undefined ? {} : { accept });
  /** The sixth of these does not fit. */
  const refused = async (accept?: string): Promise<Response> => {
    for (let call = 0; call < 5; call += 1) await dear();
    return dear(accept);
  };

  test.each([
    [PROBLEM],
    ['application/problem+json, application/json'],
    ['application/json;q=0.8, application/problem+json'],
    ['text/html, Application/Problem+JSON;q=0.5'],
    ['application/problem+json;charset=utf-8, */*'],
  ])('is problem details (RFC 9457) where Accept is %j', async (accept) => {
    await start();
    const answer = await refused(accept);
    expect(answer.status).toBe(429);
    expect(answer.headers.get('content-type')).toBe(PROBLEM);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual({
      type: QUOTA,
      title: expect.stringContaining('quota') as string,
      status: 429,
      detail: expect.stringMatching(/^Rate limit exceeded\. Retry after \d+ seconds\.$/) as string,
      'violated-policies': ['free'],
      ...{ error: 'rate_limit_exceeded', limit: 100, remaining: 0, tier: 'free' },
      ...{ retryAfter: Number(answer.headers.get('retry-after')), upgradeUrl: policy.upgradeUrl },
    });
  });

  test.each([
    [undefined],
    ['*/*'],
    ['application/*'],
    ['application/json'],
    ['application/problem+json;q=0'],
    ['application/problem+json;q=0.1, application/json'],
    ['application/problem+json;q=nonsense'],
    ['application/problem+jsonx'],
    ['text/html;x="application/problem+json"'],
  ])('is the usual body where Accept is %j', async (accept) => {
    await start();
    const answer = await refused(accept);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await answer.json()).toMatchObject({
      error: 'rate_limit_exceeded',
      message: expect.any(String) as string,
    });
  });

  test('is the owner’s body, whatever Accept asks for', async () => {
    const seen: Refusal[] = [];
    await start({
      refusalBody: (refusal, req) => {
        seen.push(refusal);
        return { fault: { code: refusal.status, wait: refusal.retryAfter, at: req.path } };
      },
    });
    const answer = await refused(PROBLEM);
    expect(answer.status).toBe(429);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await answer.json()).toEqual({
      fault: { code: 429, wait: Number(answer.headers.get('retry-after')), at: '/api/reports/generate' },
    });
    expect(seen).toEqual([
      expect.objectContaining({ status: 429, error: 'rate_limit_exceeded', limit: 100, tier: 'free' }),
    ]);
  });

  test('is the owner’s body in an outage, too', async () => {
    const closed = { ...policy, match: () => ({ ...policy.routes[10]!, onStoreFailure: 'closed' as const }) };
    await start({
      policy: closed,
      redis: downRedis,
      refusalBody: ({ status, error }) => ({ status, error }),
    });
    const answer = await app.call('GET', '/api/transactions', caller);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: 503, error: 'temporarily_unavailable' });
  });

  const circular: Record<string, unknown> = {};
  circular.self = circular;
  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no body today');
      },
    ],
    ['gives nothing', () => undefined],
    ['gives a text', () => 'slow down'],
    ['gives what JSON cannot hold', () => circular],
    ['gives a promise', () => Promise.reject(new Error('later'))],
  ])('is the usual body where the owner’s function %s, and a warning tells', async (_what, refusalBody) => {
    await start({ refusalBody: refusalBody as () => object });
    const answer = await refused();
    expect(answer.status).toBe(429);
    expect(await answer.json()).toMatchObject({ error: 'rate_limit_exceeded' });
    expect(warnings).toEqual([expect.stringMatching(/^refusalBody (failed|gave no object)/)]);
  });

  test('req.rateLimit says what users of express-rate-limit know: limit, used, remaining, resetTime', async () => {
    const infos: unknown[] = [];
    await start({}, (req, _res, next) => {
      const { limit, used, remaining, resetTime } = req.rateLimit!;
      infos.push({ limit, used, remaining, resetTime });
      next();
    });
    const answer = await dear();
    expect(infos).toEqual([
      {
        ...{ limit: 100, used: 20, remaining: 80 },
        resetTime: new Date(Number(answer.headers.get('x-ratelimit-reset')) * 1_000),
      },
    ]);
  });
});
