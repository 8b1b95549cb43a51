import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { loginLimit, type LoginLimitOptions, type RateLimitEvent } from '@portcullis/runtime';
import express, { type Request } from 'express';
import { until } from '../../../support/until';
import { countedIn } from './counted';
import { useTestRedis } from './redis';
import { PATIENTLY } from '../../../support/patiently';

const PASSWORD = 'correct horse';

interface Body {
  readonly email?: unknown;
  readonly password?: string;
}
const account = (req: Request): unknown => (req.body as Body).email;

describe('loginLimit() in front of a login endpoint, on a real Redis', () => {
  const { redis } = useTestRedis();
  let server: Server;
  let events: RateLimitEvent[];
  let checked: number;
  beforeEach(async () => {
    await redis().flushAll();
    events = [];
    checked = 0;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const start = async (options: Partial<LoginLimitOptions> = {}): Promise<void> => {
    const app = express();
    // Its own test's: what it left out of its events, it says a second later.
    const told = events;
    const limit = loginLimit({
      ...PATIENTLY,
      ...{ name: 'login-test', redis: redis(), account, trustedProxies: ['127.0.0.1'] },
      // No outage on a busy machine: one would admit attempts by this process' own share.
      onEvent: (event) => told.push(event),
      ...options,
    });
    app.post('/auth/login', express.json(), limit, (req, res) => {
      checked += 1;
      res.status((req.body as Body).password === PASSWORD ? 200 : 401).json({});
    });
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
  };

  const attempt = (from: string, email: unknown, password = 'guess'): Promise<Response> =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
      body: JSON.stringify({ email, password }),
    });
  const statuses = async (answers: Promise<Response>[]): Promise<number[]> =>
    (await Promise.all(answers)).map(({ status }) => status);
  const times = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

  test('many networks guessing at one account get its failures, together', async () => {
    await start();
    const got = await statuses(times(40).map((n) => attempt(`192.0.2.${n}`, 'ann@example.com')));
    expect(got.filter((status) => status === 401)).toHaveLength(10);
    expect(got.filter((status) => status === 429)).toHaveLength(30);
    expect(checked).toBe(10);
  });

  test('one network stuffing many accounts gets its failures, and no key for what it was refused', async () => {
    await start();
    const got = await statuses(times(200).map((n) => attempt('192.0.2.1', `user${n}@example.com`)));
    expect(got.filter((status) => status === 401)).toHaveLength(50);
    expect(await redis().dbSize()).toBe(51);
  });

  test('the same account in other spellings is the same account, and so is whatever is no text', async () => {
    await start();
    const spellings = [
      ...[
        'ann.strasse@example.com',
        'ANN.STRASSE@example.com',
        ' Ann.Strasse@Example.com ',
        '\uff21nn.strasse@example.com',
      ],
      ...['a\u0301nn.strasse@example.com', '\u00e1nn.strasse@example.com', 'ann.stra\u00dfe@example.com'],
      ...['ann.\u017ftrasse@example.com', 'a\u200bnn.strasse@example.com', 'ann.strasse@example.com\u0000'],
      ...['ann.strasse @example.com', 'ann.stra\u1e9ee@EXAMPLE.com'],
    ];
    const got = await statuses(spellings.map((name, n) => attempt(`192.0.2.${n}`, name)));
    expect(got.filter((status) => status === 401)).toHaveLength(10);
    expect((await attempt('192.0.2.99', 'anna.strasse@example.com')).status).toBe(401);

    const odd = [['ann@example.com'], { $ne: 1 }, 7, null, true, [['ann@example.com']]];
    const oddly = await statuses(times(12).map((n) => attempt(`198.51.100.${n}`, odd[n % 6])));
    expect(oddly.filter((status) => status === 401)).toHaveLength(10);
  });

  test('an IPv6 /64 is one network, whatever addresses of it are taken', async () => {
    await start();
    const own = (n: number): string => `2001:db8:0:1200:${n}::1`;
    const got = await statuses(times(60).map((n) => attempt(own(n), `user${n}@example.com`)));
    expect(got.filter((status) => status === 401)).toHaveLength(50);
    expect((await attempt('2001:db8:0:1300::1', 'other@example.com')).status).toBe(401);
  });

  test('who holds a whole /48 gets the failures of sixteen networks, not of 65,536', async () => {
    await start({ perNetwork: { failures: 3, window: '15m' } });
    const own = (n: number): string => `2001:db8:7:${n.toString(16)}::1`;
    const got = await statuses(times(60).map((n) => attempt(own(n), `user${n}@example.com`)));
    expect(got.filter((status) => status === 401)).toHaveLength(48);
    expect((await attempt('2001:db8:8::1', 'other@example.com')).status).toBe(401);
  });

  test('who knows the password is not held up: nine tenths come back', async () => {
    await start();
    const got: number[] = [];
    for (let n = 0; n < 60; n += 1)
      got.push((await attempt('192.0.2.1', 'ann@example.com', PASSWORD)).status);
    expect(new Set(got)).toEqual(new Set([200]));
    expect((await attempt('192.0.2.1', 'ann@example.com')).status).toBe(401);
  });

  /** Resolves when somebody is known to have logged in. */
  const logsIn = async (from: string, email: string): Promise<void> => {
    const known = async (): Promise<number> => (await redis().keys('*:2592000')).length;
    const before = await known();
    expect((await attempt(from, email, PASSWORD)).status).toBe(200);
    await until(async () => expect(await known()).toBe(before + 1), { everyMs: 5 });
  };

  test('guessing from everywhere keeps nobody out of where he has logged in before', async () => {
    await start();
    await logsIn('203.0.113.7', 'ann@example.com');
    const got = await statuses(times(40).map((n) => attempt(`192.0.2.${n}`, 'ann@example.com')));
    expect(got.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
    expect((await attempt('198.51.100.1', 'ann@example.com', PASSWORD)).status).toBe(429);
    expect((await attempt('203.0.113.7', 'Ann@Example.com', PASSWORD)).status).toBe(200);
  });

  test('guesses from a network that is known are counted as well, and nobody else can be charged for them', async () => {
    await start();
    await logsIn('203.0.113.7', 'ann@example.com');
    for (const name of [
      '["text ann@example.com","203.0.113.7"]',
      'ann@example.com","203.0.113.7',
      'ann@example.com 203.0.113.7',
    ])
      await statuses(times(11).map((n) => attempt(`192.0.2.${n}`, name)));
    const got = await statuses(times(15).map(() => attempt('203.0.113.7', 'ann@example.com')));
    expect(got.filter((status) => status === 401)).toHaveLength(10);
    expect(got.filter((status) => status === 429)).toHaveLength(5);
  });

  test('who logs in to an account of his own is no less a stranger to others', async () => {
    await start();
    for (const n of times(4)) await logsIn(`192.0.2.${n}`, `mallory${n}@example.com`);
    const got = await statuses(times(24).map((n) => attempt(`192.0.2.${n % 4}`, 'ann@example.com')));
    expect(got.filter((status) => status === 401)).toHaveLength(10);
  });

  test('an account that cannot be read is an error of the app, after its network was charged', async () => {
    await start({ account: (req) => (req.body as { email: string }).email.trim() });
    expect((await attempt('192.0.2.1', undefined)).status).toBe(500);
    expect(checked).toBe(0);
    expect(await countedIn(redis(), 900)).toBe(10);
  });

  test('an account that has to be looked up is waited for: each has a limit of its own', async () => {
    await start({
      account: async (req) => Promise.resolve(account(req)),
      perAccount: { failures: 1, window: '1m' },
    });
    expect((await attempt('192.0.2.1', 'ann@example.com')).status).toBe(401);
    expect((await attempt('192.0.2.1', 'bob@example.com')).status).toBe(401);
    expect((await attempt('192.0.2.1', 'ann@example.com')).status).toBe(429);
  });

  test('an account that cannot be looked up is an error of the app, after its network was charged', async () => {
    await start({ account: () => Promise.reject(new Error('no database')) });
    expect((await attempt('192.0.2.1', 'ann@example.com')).status).toBe(500);
    expect(checked).toBe(0);
    expect(await countedIn(redis(), 900)).toBe(10);
  });

  test('a judgement that takes time is waited for: what it calls a failure counts as one', async () => {
    await start({ succeeded: () => Promise.resolve(false), perAccount: { failures: 1, window: '1m' } });
    expect((await attempt('192.0.2.1', 'ann@example.com', PASSWORD)).status).toBe(200);
    expect((await attempt('192.0.2.2', 'ann@example.com', PASSWORD)).status).toBe(429);
  });

  test('a judgement that throws leaves the attempt a failure, and its answer as it was', async () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const succeeded = (): never => {
      throw new Error('no such session');
    };
    await start({ succeeded, perAccount: { failures: 1, window: '1m' } });
    expect((await attempt('192.0.2.1', 'ann@example.com', PASSWORD)).status).toBe(200);
    expect((await attempt('192.0.2.2', 'ann@example.com', PASSWORD)).status).toBe(429);
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('no such session'));
    warned.mockRestore();
  });

  test('guesses made side by side count in full before any is answered', async () => {
    await start({ perAccount: { failures: 3, window: '1m' } });
    const failing = await statuses(times(30).map(() => attempt('192.0.2.2', 'bob@example.com')));
    expect(failing.filter((status) => status === 401)).toHaveLength(3);
  });

  test('a refusal says when to come back, and nothing about accounts; its event names nobody', async () => {
    await start({ perAccount: { failures: 1, window: '15m' } });
    await attempt('192.0.2.1', 'ann@example.com');
    const refused = await attempt('192.0.2.1', 'ann@example.com');
    const body = (await refused.json()) as { retryAfter: number };
    expect(refused.status).toBe(429);
    expect(body).toEqual({
      error: 'rate_limit_exceeded',
      message: expect.stringMatching(/^Too many attempts\. Retry after \d+ seconds\.$/) as string,
      retryAfter: expect.any(Number) as number,
    });
    expect(body.retryAfter).toBeGreaterThan(890);
    expect(refused.headers.get('retry-after')).toBe(String(body.retryAfter));
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ type: 'denied', tier: 'login', route: 'login-account' });
    expect(JSON.stringify(events)).not.toMatch(/ann|192\.0\.2/);
    expect((await redis().keys('*')).join()).not.toMatch(/ann|192/);
  });

  test('a client that changes its network every time costs a small key each, and each dies by itself', async () => {
    await start({ account: () => undefined });
    await statuses(times(100).map((n) => attempt(`198.51.100.${n}`, 'nobody')));
    const keys = await redis().keys('*');
    expect(keys).toHaveLength(100);
    for (const key of keys) {
      expect(await redis().memoryUsage(key)).toBeLessThan(300);
      const livesMs = await redis().pTTL(key);
      expect(livesMs).toBeGreaterThan(900_000);
      expect(livesMs).toBeLessThanOrEqual(1_043_000);
    }
  });

  test.each([
    ['local', 401, 429],
    ['closed', 503, 503],
    ['open', 401, 401],
  ] as const)('without Redis, %s', async (onStoreFailure, first, fourth) => {
    const away = { isReady: false, sendCommand: () => Promise.reject(new Error('not asked')) };
    await start({ redis: away, onStoreFailure });
    const got: number[] = [];
    for (const n of times(4)) got.push((await attempt(`192.0.2.${n}`, 'ann@example.com')).status);
    expect(got[0]).toBe(first);
    expect(got[3]).toBe(fourth);
  });

  test('whatever else counts as success can be said', async () => {
    await start({ succeeded: () => false, perAccount: { failures: 2, window: '1m' } });
    const got: number[] = [];
    for (const n of times(3)) got.push((await attempt(`192.0.2.${n}`, 'ann@example.com', PASSWORD)).status);
    expect(got).toEqual([200, 200, 429]);
  });
});
