import {
  definePolicy,
  overridesSchema,
  rateLimit,
  type RateLimiter,
  type RateLimitOptions,
} from '@portcullis/runtime';
import { serve, type TestApp } from './app';
import { countedIn } from './counted';
import { useTestRedis } from './redis';
import { PATIENTLY } from '../../../support/patiently';

const policy = definePolicy({
  name: 'reserved',
  issuer: 'https://issuer.example.com',
  audience: 'https://api.example.com',
  tiers: { free: [{ limit: 100, window: '1m' }], enterprise: [{ limit: 10_000, window: '1m' }] },
  defaultTier: 'free',
  routes: [
    { method: 'GET', path: '/cheap' },
    { method: 'GET', path: '/hot' },
    { method: 'POST', path: '/dear', cost: 60 },
  ],
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
});

describe('rateLimit() with reserved blocks, on a real Redis', () => {
  const { redis } = useTestRedis();
  let limiter: RateLimiter;
  let app: TestApp;
  let commands = 0;

  const start = async (
    reserved: RateLimitOptions['reserved'],
    options: Partial<RateLimitOptions> = {},
  ): Promise<void> => {
    commands = 0;
    const counted = {
      get isReady() {
        return redis().isReady;
      },
      sendCommand: (args: string[]) => {
        if (args[0] === 'EVALSHA') commands += 1;
        return redis().sendCommand(args);
      },
    };
    limiter = rateLimit({ ...PATIENTLY, policy, redis: counted, ...options, ...(reserved && { reserved }) });
    app = await serve(limiter, (req, res, next) => {
      const refund = Number(req.get('x-refund'));
      if (!refund) next();
      else void req.rateLimit!.refund(refund).then(() => res.json({}));
    });
  };
  beforeEach(() => redis().flushAll());
  afterEach(async () => {
    await limiter.close();
    await app.close();
  });

  /** Calls until a block is there, then the answer that it admits. */
  const untilReserved = async (path: string, caller: object): Promise<Response> => {
    for (let tries = 0; tries < 500; tries += 1) {
      const before = commands;
      const answer = await app.call('GET', path, caller);
      if (commands === before) return answer;
    }
    throw new Error('no call was admitted from a block');
  };
  const counted = (): Promise<number> => countedIn(redis(), 60);

  const acme = { organisation: 'acme', tier: 'enterprise' };

  test('a busy client of a reserved tier is answered without a round trip, with the same headers', async () => {
    await start({ tiers: ['enterprise'] });
    const first = await app.call('GET', '/cheap', acme);
    const reserved = await untilReserved('/cheap', acme);
    expect(reserved.status).toBe(200);
    expect(namesOf(reserved.headers)).toEqual(namesOf(first.headers));
    const remaining = Number(reserved.headers.get('x-ratelimit-remaining'));
    expect(reserved.headers.get('ratelimit')).toMatch(new RegExp(`^"enterprise";r=${remaining};t=6[0-2]$`));

    // What is left of blocks is the client's: remaining is the limit less what was admitted.
    const next = await app.call('GET', '/cheap', acme);
    expect(Number(next.headers.get('x-ratelimit-remaining'))).toBe(remaining - 1);
  });

  test('closing gives back what was not spent', async () => {
    await start({ tiers: ['enterprise'] });
    const reserved = await untilReserved('/cheap', acme);
    const admitted = 10_000 - Number(reserved.headers.get('x-ratelimit-remaining'));
    expect(await counted()).toBeGreaterThan(admitted);
    await limiter.close();
    expect(await counted()).toBe(admitted);
    expect(await redis().keys('*:block:*')).toEqual([]);
    // And afterwards every call is decided by Redis.
    const before = commands;
    await app.call('GET', '/cheap', acme);
    expect(commands).toBe(before + 1);
  });

  test('every block dies by itself, when its process is killed with it', async () => {
    await start({ tiers: ['enterprise'] });
    await untilReserved('/cheap', acme);
    const [block] = await redis().keys('*:block:*');
    expect(block).toBeDefined();
    expect(await redis().pTTL(block!)).toBeGreaterThan(0);
    expect(await redis().pTTL(block!)).toBeLessThanOrEqual(4_000);
  });

  test('a refund of a call that a block admitted is the client’s again', async () => {
    await start({ tiers: ['enterprise'] });
    const reserved = await untilReserved('/cheap', acme);
    const admitted = 10_000 - Number(reserved.headers.get('x-ratelimit-remaining'));
    expect((await app.call('GET', '/cheap', acme, { 'x-refund': '1' })).status).toBe(200);
    // Only what was spent stays charged once no block is held: one call more, and its cost given back.
    await limiter.close();
    expect(await counted()).toBe(admitted);
  });

  test('a call dearer than its block, a small tier and a quiet client are decided by Redis', async () => {
    await start({ tiers: ['enterprise', 'free'] });
    await untilReserved('/cheap', acme);
    for (const [method, path, caller] of [
      ['POST', '/dear', acme],
      ['GET', '/cheap', { organisation: 'quiet', tier: 'enterprise' }],
    ] as const) {
      const before = commands;
      expect((await app.call(method, path, caller)).status).toBe(200);
      expect(commands).toBeGreaterThan(before);
    }
  });

  test('only what is named is reserved: a route, whatever the tier', async () => {
    await start({ routes: ['GET /hot'] });
    for (let call = 0; call < 20; call += 1) await app.call('GET', '/cheap', acme);
    expect(commands).toBe(20);
    expect((await untilReserved('/hot', acme)).status).toBe(200);
    const before = commands;
    await app.call('GET', '/cheap', acme);
    // One for the call; the hot route's next block may be asked for meanwhile.
    expect(commands).toBeGreaterThan(before);
  });

  test('limits of an organisation’s own are reserved as those of its tier are', async () => {
    const { overrides } = overridesSchema(policy).parse({ acme: '5000/1m' });
    await start({ tiers: ['enterprise'] }, { overrides: { current: overrides } });
    const reserved = await untilReserved('/cheap', acme);
    expect(reserved.headers.get('ratelimit-policy')).toBe('"custom";q=5000;w=60');
  });

  test('refusals are Redis’ own, and come at the limit: nothing is refused while blocks have room', async () => {
    await start({ tiers: ['free'] });
    const free = { organisation: 'small' };
    const statuses: number[] = [];
    for (let call = 0; call < 101; call += 1) statuses.push((await app.call('GET', '/cheap', free)).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(100);
    expect(commands).toBeLessThan(101);
  });
});

function namesOf(headers: Headers): string[] {
  const names: string[] = [];
  headers.forEach((_value, name) => names.push(name));
  return names;
}
