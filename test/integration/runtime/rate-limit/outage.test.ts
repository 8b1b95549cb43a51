import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import {
  definePolicy,
  rateLimit,
  type RateLimiter,
  type RateLimitEvent,
  type RedisCommands,
} from '@portcullis/runtime';
import { GuardedRedis } from '../../../../runtime/src/rate-limit/store/guarded-redis';
import { accessTo } from '../../../../runtime/src/redis';
import { RedisStore } from '../../../../runtime/src/rate-limit/store/redis-store';
import { serve, type TestApp } from './app';
import { useTestRedis } from './redis';
import { PATIENTLY } from '../../../support/patiently';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

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
    { method: 'POST', path: '/priced' },
  ],
  lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
});

describe('while Redis does not decide', () => {
  const { server, redis } = useTestRedis();
  let app: TestApp;
  let limiter: RateLimiter;
  let events: RateLimitEvent[];
  beforeEach(async () => {
    const told: RateLimitEvent[] = (events = []);
    limiter = rateLimit({ policy, redis: redis(), onEvent: (event) => told.push(event) });
    app = await serve(limiter);
  });
  afterEach(async () => {
    await app.close();
    await limiter.close();
  });

  test('each route answers as the policy says, and the headers say no more than is known', async () => {
    await server().kill('SIGSTOP');
    try {
      const call = async (path: string) => {
        const { status, headers } = await app.call('GET', path, { organisation: 'paused' });
        const known = ['ratelimit-policy', 'ratelimit', 'x-ratelimit-remaining', 'retry-after'];
        return [status, ...known.map((name) => headers.get(name))];
      };
      const policyHeader = '"free";q=8;w=60';
      expect(await call('/open')).toEqual([200, policyHeader, null, null, null]);
      expect(await call('/closed')).toEqual([503, policyHeader, null, null, '1']);
      expect(await call('/local')).toEqual([
        200,
        policyHeader,
        expect.stringMatching(/^"free";r=1;t=6\d$/),
        '1',
        null,
      ]);
      expect(events).toEqual([{ type: 'store_down', failure: 'timeout' }]);
    } finally {
      await server().kill('SIGCONT');
    }
  });

  test('an event loop that is late by twice the time-out is no outage: the reply is there', async () => {
    // How short the moment is that Redis gets is a matter of unit tests: here it is as busy as the machine.
    const guarded = new GuardedRedis(accessTo(redis()), { timeoutMs: 250, graceMs: PATIENTLY.timeoutMs });
    const store = new RedisStore(guarded, [60_000]);
    await store.charge({ client: 'warm', cost: 1, limits: [8] });
    // Redis hears the command only while nobody here can read its reply.
    await server().kill('SIGSTOP');
    const decided = store.charge({ client: `late-${randomUUID()}`, cost: 1, limits: [8] });
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    await server().kill('SIGCONT');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
    await expect(decided).resolves.toMatchObject({ allowed: true, used: [1] });
  });

  test('a burst of work before the command is even sent is no outage', async () => {
    const store = new RedisStore(new GuardedRedis(accessTo(redis()), { timeoutMs: 250 }), [60_000]);
    await store.charge({ client: 'warm', cost: 1, limits: [8] });
    const client = `burst-${randomUUID()}`;
    for (let burst = 1; burst <= 5; burst += 1) {
      const decided = store.charge({ client, cost: 1, limits: [8] });
      // The batch is handed to the client in this turn; it writes to the socket in the next one.
      await setImmediate();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
      await expect(decided).resolves.toMatchObject({ allowed: true, used: [burst] });
    }
  });

  test('a listener that throws changes no answer', async () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const onEvent = (): never => {
      throw new Error('full disk');
    };
    const away: RedisCommands = { isReady: false, sendCommand: () => Promise.reject(new Error('not asked')) };
    const deaf = await serve(rateLimit({ policy, redis: away, onEvent }));
    const statuses = [];
    for (let i = 0; i < 3; i += 1)
      statuses.push((await deaf.call('GET', '/local', { organisation: 'deaf' })).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('full disk'));
    warned.mockRestore();
    await deaf.close();
  });

  test('local means a quarter of the limit, by the same algorithm; a call dearer than that fits alone', async () => {
    const away: RedisCommands = { isReady: false, sendCommand: () => Promise.reject(new Error('not asked')) };
    const local = await serve(
      rateLimit({
        ...{ policy, redis: away, costs: { 'POST /priced': () => 9 } },
        onEvent: (event) => events.push(event),
      }),
    );
    const caller = { organisation: 'local' };
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await local.call('GET', '/local', caller)).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await local.call('POST', '/dear', caller)).status).toBe(429);
    const dear = () => local.call('POST', '/dear', { organisation: 'dear' });
    expect([(await dear()).status, (await dear()).status]).toEqual([200, 429]);
    const never = await local.call('POST', '/priced', caller);
    expect(never.status).toBe(429);
    expect(await never.json()).toMatchObject({ error: 'cost_exceeds_limit', limit: 8 });
    expect(events[0]).toEqual({ type: 'store_down', failure: 'disconnected' });
    await local.close();
  });
});
