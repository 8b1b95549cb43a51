import { loginLimit, rateLimit, RateLimitOptionsError } from '@portcullis/runtime';
import { policy } from '../../../../policy';

const redis = { isReady: false, sendCommand: () => Promise.reject(new Error('not asked')) };

/** The problems of options that no compiler has seen. */
function problemsOf(make: (options: never) => unknown, options: unknown): RateLimitOptionsError['problems'] {
  try {
    make(options as never);
  } catch (error) {
    if (error instanceof RateLimitOptionsError) return error.problems;
    throw error;
  }
  return [];
}

describe('rateLimit()', () => {
  test('the policy and a Redis are enough, and every option may be left undefined', () => {
    const names = ['costs', 'reserved', 'overrides', 'trustedProxies', 'timeoutMs', 'localShare', 'onEvent'];
    const nothing = Object.fromEntries([...names, 'meterProvider'].map((name) => [name, undefined]));
    expect(problemsOf(rateLimit, { policy, redis })).toEqual([]);
    expect(problemsOf(rateLimit, { policy, redis, ...nothing })).toEqual([]);
  });

  test('all problems are told at once, each with its path', () => {
    const options = {
      ...{ policy, redis: {}, costs: { 'GET /else': () => 1, 'GET /api/transactions': 5 } },
      ...{ reserved: { tiers: ['gold', 'enterprise'], routes: ['GET /cold'] }, trustedProxies: ['everyone'] },
      ...{ timeoutMs: 0, localShare: 2, onEvents: () => undefined },
    };
    const problems = problemsOf(rateLimit, options);
    expect(problems.map(({ path }) => path).sort()).toEqual([
      ...['', 'costs', 'costs.GET /api/transactions', 'localShare', 'redis'],
      ...['reserved.routes[0]', 'reserved.tiers[0]', 'timeoutMs', 'trustedProxies[0]'],
    ]);
    expect(new RateLimitOptionsError(problems)).toMatchObject({
      code: 'ERR_RATE_LIMIT_OPTIONS_INVALID',
      message: expect.stringMatching(/^the rate-limit options has 9 problems\n/) as string,
    });
  });

  test.each<[string, Record<string, unknown>, string, string]>([
    ['no policy', { policy: undefined }, 'policy', 'expected what definePolicy() returns'],
    ['a policy that nobody defined', { policy: {} }, 'policy', 'expected what definePolicy() returns'],
    ['no Redis', { redis: undefined }, 'redis', 'expected a client of node-redis, ioredis or @upstash/redis'],
    [
      'an address for a client',
      { redis: 'redis://:secret@host' },
      'redis',
      'expected a client of node-redis',
    ],
    [
      'a cost that is no function',
      { costs: { 'GET /api/transactions': 5 } },
      'costs.GET /api/transactions',
      'received 5; expected a function',
    ],
    [
      'a cost of no route',
      { costs: { 'GET /else': () => 1 } },
      'costs',
      `received "GET /else"; expected a method and path of the policy's routes`,
    ],
    [
      'a reserved tier that nobody has',
      { reserved: { tiers: ['gold'] } },
      'reserved.tiers[0]',
      'received "gold"; expected one of free, pro, enterprise',
    ],
    [
      'a reserved tier of Object’s',
      { reserved: { tiers: ['toString'] } },
      'reserved.tiers[0]',
      'expected one of free',
    ],
    [
      'a reserved route of another method',
      { reserved: { routes: ['PATCH /api/transactions'] } },
      'reserved.routes[0]',
      'received "PATCH /api/transactions"; expected a method',
    ],
    ['something else to reserve', { reserved: { tier: 'pro' } }, 'reserved', 'tier'],
    [
      'overrides that nobody watches',
      { overrides: new Map() },
      'overrides',
      'received an object; expected what watchOverrides() gives',
    ],
    ['too many hops', { trustedProxies: 11 }, 'trustedProxies', 'received 11; expected 0 to 10 hops'],
    ['part of a hop', { trustedProxies: 1.5 }, 'trustedProxies', 'received 1.5; expected 0 to 10 hops'],
    ['hops below zero', { trustedProxies: -1 }, 'trustedProxies', 'received -1; expected 0 to 10 hops'],
    ['no number of hops', { trustedProxies: NaN }, 'trustedProxies', 'received NaN; expected 0 to 10 hops'],
    ['trust in everyone', { trustedProxies: true }, 'trustedProxies', 'received true; expected 0 to 10 hops'],
    ['a time-out of nothing', { timeoutMs: 0 }, 'timeoutMs', 'received 0; expected milliseconds, above 0'],
    [
      'a time-out without end',
      { timeoutMs: Infinity },
      'timeoutMs',
      'received Infinity; expected milliseconds',
    ],
    ['a time-out in words', { timeoutMs: '50ms' }, 'timeoutMs', 'received "50ms"; expected milliseconds'],
    ['a share of nothing', { localShare: 0 }, 'localShare', 'received 0; expected a share of each limit'],
    ['more than all', { localShare: 1.01 }, 'localShare', 'received 1.01; expected a share of each limit'],
    [
      'a listener that is no function',
      { onEvent: 'console' },
      'onEvent',
      'received "console"; expected a function',
    ],
    [
      'metrics for nobody',
      { meterProvider: {} },
      'meterProvider',
      'expected a MeterProvider of OpenTelemetry',
    ],
    ['an option that does not exist', { limit: 5 }, '', 'limit'],
  ])('%s is refused', (_, options, path, message) => {
    const problems = problemsOf(rateLimit, { policy, redis, ...options });
    expect(problems).toEqual([{ path, message: expect.stringContaining(message) as string }]);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });

  test.each([
    '',
    'loopback',
    '10.0.0.0/33',
    '10.0.0.0/',
    '0.0.0.0/0',
    '::/0',
    '2001:db8::/129',
    '10.0.0.0/8/8',
    '10.0.0.0/1e1',
    '10.0.0.0/ 8',
  ])('the range %j is refused: trust in everyone is trust in nobody', (range) => {
    expect(problemsOf(rateLimit, { policy, redis, trustedProxies: ['10.0.0.0/8', '::1', range] })).toEqual([
      {
        path: 'trustedProxies[2]',
        message: `received ${JSON.stringify(range)}; expected an IP address or range such as '10.0.0.0/8'`,
      },
    ]);
  });

  test.each([undefined, null, 1, 'policy', []])('options that are %p are told apart', (options) => {
    expect(problemsOf(rateLimit, options).length).toBeGreaterThan(0);
  });
});

describe('loginLimit()', () => {
  test('a name and a Redis are enough', () => {
    expect(problemsOf(loginLimit, { name: 'fintech-api', redis })).toEqual([]);
  });

  test('all problems are told at once, each with its path', () => {
    const problems = problemsOf(loginLimit, {
      ...{ name: '', redis: null, account: 'email', succeeded: true, onStoreFailure: 'maybe', timeoutMs: -1 },
      ...{ perNetwork: { failures: 0, window: '2d' }, perAccount: 10, trustedProxies: ['10.0.0.0/99'] },
    });
    expect(problems.map(({ path }) => path).sort()).toEqual([
      ...['account', 'name', 'onStoreFailure', 'perAccount', 'perNetwork.failures', 'perNetwork.window'],
      ...['redis', 'succeeded', 'timeoutMs', 'trustedProxies[0]'],
    ]);
  });

  test.each([
    [{ failures: 0, window: '1m' }, 'failures', 'received 0; expected a whole number of failures, 1 or more'],
    [{ failures: 1.5, window: '1m' }, 'failures', 'received 1.5; expected a whole number of failures'],
    [
      { failures: Infinity, window: '1m' },
      'failures',
      'received Infinity; expected a whole number of failures',
    ],
    [{ failures: 5, window: '2d' }, 'window', `received "2d"; expected a duration such as '15m', up to '1d'`],
    [{ failures: 5, window: '0s' }, 'window', 'received "0s"; expected a duration'],
    [{ failures: 5, window: 900 }, 'window', 'received 900; expected a duration'],
    [{ failures: 5 }, 'window', 'received undefined; expected a duration'],
  ])('the limit %j is refused', (perAccount, part, message) => {
    expect(problemsOf(loginLimit, { name: 'fintech-api', redis, perAccount })).toEqual([
      { path: `perAccount.${part}`, message: expect.stringContaining(message) as string },
    ]);
  });
});
