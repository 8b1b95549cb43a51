/** What is particular to one client library. What they have in common is in conformance.ts. */
import { rateLimit, RateLimitOptionsError, type RedisClient } from '@portcullis/runtime';
import { Redis as Upstash } from '@upstash/redis';
import { Redis as IoRedis } from 'ioredis';
import { createClient, createSentinel } from 'redis';
import { startUpstash, type UpstashServer } from '../../../support/upstash';
import { serve } from './app';
import { outagePolicy, startLoad } from './load';
import { startRedis, type TestRedis } from './redis';
import { PATIENTLY } from '../../../support/patiently';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

const ioRedis = async (server: TestRedis): Promise<IoRedis> => {
  const redis = new IoRedis(server.url, {
    autoResendUnfulfilledCommands: false,
    lazyConnect: true,
    retryStrategy: () => 50,
  });
  redis.on('error', () => undefined);
  await redis.connect();
  return redis;
};
const upstash = (rest: UpstashServer, token = 'a-token'): Upstash =>
  new Upstash({ url: rest.url, token, retry: { retries: 0 }, enableTelemetry: false });

let server: TestRedis;
let rest: UpstashServer;
beforeEach(async () => {
  server = await startRedis();
  rest = await startUpstash(server.url, 'a-token');
});
afterEach(async () => {
  await rest.close();
  await server.stop();
});

describe('a Redis that is killed under load and started again', () => {
  const outlives = async (redis: RedisClient): Promise<void> => {
    const load = await startLoad(redis, PATIENTLY);
    try {
      await server.kill('SIGKILL');
      await load.waitFor('down');
      await load.more(100);
      await server.restart();
      await load.waitFor('up');
      await load.more(100);
    } finally {
      await load.stop();
    }
    expect([...load.answers.keys()].sort()).toEqual([
      '/closed 200',
      '/closed 503',
      '/local 200',
      '/open 200',
    ]);
    expect(load.late).toEqual([]);
    expect(load.events.map(({ type }) => type)).toEqual(['store_down', 'store_up']);
  };

  test('through ioredis', async () => {
    const redis = await ioRedis(server);
    await outlives(redis);
    redis.disconnect();
  });

  test('through @upstash/redis', () => outlives(upstash(rest)));
});

test('@upstash/redis: a token that is wrong is an outage, not an answer', async () => {
  const events: unknown[] = [];
  const limiter = rateLimit({
    policy: outagePolicy,
    redis: upstash(rest, 'another'),
    ...PATIENTLY,
    onEvent: (event) => events.push(event),
  });
  const app = await serve(limiter);
  const statuses = [];
  for (let i = 0; i < 4; i += 1)
    statuses.push((await app.call('GET', '/closed', { organisation: 'acme' })).status);
  expect(statuses).toEqual([503, 503, 503, 503]);
  expect(events).toEqual([{ type: 'store_down', failure: 'error' }]);
  expect(rest.commands).toEqual([]);
  await app.close();
});

test('@upstash/redis: a script that Redis never saw is sent once, whatever the client wraps the error in', async () => {
  const app = await serve(rateLimit({ policy: outagePolicy, redis: upstash(rest), ...PATIENTLY }));
  for (let i = 0; i < 3; i += 1)
    expect((await app.call('GET', '/closed', { organisation: 'acme' })).status).toBe(200);
  expect(rest.commands).toEqual(['EVALSHA', 'EVAL', 'EVALSHA', 'EVALSHA']);
  await app.close();
});

test('ioredis, made with lazyConnect, connects by the first call that has to be decided, and not before', async () => {
  const redis = new IoRedis(server.url, { autoResendUnfulfilledCommands: false, lazyConnect: true });
  const app = await serve(rateLimit({ policy: outagePolicy, redis, ...PATIENTLY }));
  expect(redis.status).toBe('wait');
  expect((await app.call('GET', '/closed', { organisation: 'acme' })).status).toBe(200);
  expect(redis.status).toBe('ready');
  redis.disconnect();
  await app.close();
});

describe('what only collects commands is refused when the limiter is made', () => {
  const nodeRedis = createClient();
  const sentinel = createSentinel({ name: 'limits', sentinelRootNodes: [{ host: 'localhost', port: 1 }] });
  const lazy = new IoRedis({ lazyConnect: true, autoResendUnfulfilledCommands: false });
  test.each([
    ['multi() of node-redis', () => nodeRedis.multi()],
    ['multi() of a sentinel client', () => sentinel.multi()],
    ['pipeline() of ioredis', () => lazy.pipeline()],
    ['multi() of ioredis', () => lazy.multi()],
    ['pipeline() of @upstash/redis', () => upstash(rest).pipeline()],
    ['multi() of @upstash/redis', () => upstash(rest).multi()],
  ])('%s', (_, made) => {
    const limit = () => rateLimit({ policy: outagePolicy, redis: made() as unknown as RedisClient });
    expect(limit).toThrow(/received a pipeline or transaction, .* expected the client that made it/);
  });
});

describe('a client that would send a command twice is refused when the limiter is made', () => {
  const limit = (redis: RedisClient) => () => rateLimit({ policy: outagePolicy, redis });
  const lazy = { lazyConnect: true } as const;

  test.each([
    ['ioredis', () => new IoRedis({ ...lazy }), /autoResendUnfulfilledCommands: true; expected .*: false/],
    [
      'ioredis, cluster',
      () => new IoRedis.Cluster([], { ...lazy }),
      /retryDelayOnFailover: 100; expected .*: 0/,
    ],
    [
      '@upstash/redis',
      () => new Upstash({ url: rest.url, token: 't' }),
      /retries 5 times; expected retry: \{ retries: 0 \}/,
    ],
    [
      '@upstash/redis, whose `retry: false` is one retry',
      () => new Upstash({ url: rest.url, token: 't', retry: false, enableAutoPipelining: false }),
      /retries 1 times/,
    ],
    [
      'something else',
      () => ({}) as RedisClient,
      /expected a client of node-redis, ioredis or @upstash\/redis/,
    ],
  ])('%s', (_, client, message) => {
    expect(limit(client())).toThrow(RateLimitOptionsError);
    expect(limit(client())).toThrow(message);
  });
});
