import { definePolicy, rateLimit, type RateLimitEvent, type RedisCommands } from '@portcullis/runtime';
import { serve, type TestApp } from './app';
import { connect, startRedis, type TestRedis } from './redis';

const policy = definePolicy({
  name: 'outage',
  issuer: 'https://issuer.example.com',
  audience: 'https://api.example.com',
  tiers: { free: [{ limit: 8, window: '1m' }] },
  defaultTier: 'free',
  routes: [
    { method: 'GET', path: '/open', onStoreFailure: 'open' },
    { method: 'GET', path: '/closed', onStoreFailure: 'closed' },
    { method: 'GET', path: '/local' },
    { method: 'POST', path: '/dear', cost: 5 },
  ],
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
});

describe('while Redis does not decide', () => {
  let server: TestRedis;
  let redis: Awaited<ReturnType<typeof connect>>;
  let app: TestApp;
  let events: RateLimitEvent[];

  beforeAll(async () => {
    server = await startRedis();
    redis = await connect(server.url);
  });
  afterAll(async () => {
    redis.destroy();
    await server.stop();
  });
  beforeEach(async () => {
    events = [];
    app = await serve(rateLimit({ policy, redis, onEvent: (event) => events.push(event) }));
  });
  afterEach(() => app.close());

  test('a paused Redis costs each route its time-out at most, and each answers as the policy says', async () => {
    await server.kill('SIGSTOP');
    try {
      const timed = async (path: string) => {
        const started = performance.now();
        const { status } = await app.call('GET', path, { organisation: 'paused' });
        return { status, ms: performance.now() - started };
      };
      for (let round = 0; round < 2; round += 1) {
        for (const [path, status] of [
          ['/open', 200],
          ['/closed', 503],
          ['/local', 200],
        ] as const) {
          const answer = await timed(path);
          expect(answer.status).toBe(status);
          expect(answer.ms).toBeLessThan(150);
        }
      }
      expect(events).toEqual([{ type: 'store_down', failure: 'timeout' }]);
    } finally {
      await server.kill('SIGCONT');
    }
  });

  test('local means a quarter of the limit, by the same algorithm, and 503 for what exceeds that share', async () => {
    const away: RedisCommands = { isReady: false, sendCommand: () => Promise.reject(new Error('not asked')) };
    const local = await serve(rateLimit({ policy, redis: away, onEvent: (event) => events.push(event) }));
    const caller = { organisation: 'local' };
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await local.call('GET', '/local', caller)).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await local.call('POST', '/dear', caller)).status).toBe(503);
    expect(events[0]).toEqual({ type: 'store_down', failure: 'disconnected' });
    await local.close();
  });
});
