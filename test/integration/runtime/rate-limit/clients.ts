/** Every client library that the limiter takes, for suites that all of them have to pass. */
import { Redis as Upstash } from '@upstash/redis';
import { Redis as IoRedis } from 'ioredis';
import type { RedisClient } from '../../../../runtime/src/redis';
import { startUpstash } from '../../../support/upstash';
import { connect, startRedis, type TestRedis } from './redis';
import { ioRedisCluster, nodeRedisCluster, startCluster, type TestCluster } from './redis-cluster';
import { ioRedisSentinel, nodeRedisSentinel, startSentinel, type TestSentinel } from './redis-sentinel';

/** A connected client, and what a test needs beside it. */
export interface OpenClient {
  readonly redis: RedisClient;
  readonly set: (key: string, value: number) => Promise<unknown>;
  readonly end: () => unknown;
}

/**
 * Defines a suite for each client library: on one server, behind a Sentinel and on a cluster.
 *
 * @param suite given the client, to be called inside tests, and a share of the runs that it would do on one alone.
 */
export function onEveryClient(suite: (client: () => OpenClient, share: number) => void): void {
  const through = (name: string, share: number, open: () => Promise<OpenClient>): void => {
    describe(`through ${name}`, () => {
      let client: OpenClient;
      beforeAll(async () => {
        client = await open();
      });
      afterAll(() => client.end());
      suite(() => client, share);
    });
  };

  describe('on one Redis', () => {
    let server: TestRedis;
    beforeAll(async () => {
      server = await startRedis();
    });
    afterAll(() => server.stop());

    through('node-redis', 1, async () => {
      const redis = await connect(server.url);
      return { redis, set: (key, value) => redis.set(key, value), end: () => redis.destroy() };
    });
    through('ioredis', 0.4, async () => {
      const redis = new IoRedis(server.url, { autoResendUnfulfilledCommands: false, lazyConnect: true });
      await redis.connect();
      return { redis, set: (key, value) => redis.set(key, value), end: () => redis.disconnect() };
    });
    for (const enableAutoPipelining of [true, false])
      through(`@upstash/redis, with automatic pipelines: ${enableAutoPipelining}`, 0.16, async () => {
        const rest = await startUpstash(server.url, 'a-token');
        const redis = new Upstash({
          ...{ url: rest.url, token: 'a-token', retry: { retries: 0 } },
          ...{ enableAutoPipelining, enableTelemetry: false },
        });
        return { redis, set: (key, value) => redis.set(key, value), end: () => rest.close() };
      });
  });

  describe('behind a Sentinel', () => {
    let sentinel: TestSentinel;
    beforeAll(async () => {
      // The master does not die here: it is not to be taken for dead because the machine is busy.
      sentinel = await startSentinel(30_000);
    });
    afterAll(() => sentinel.stop());

    through('node-redis', 0.16, async () => {
      const { client, end } = await nodeRedisSentinel(sentinel);
      return { redis: client, set: (key, value) => client.set(key, String(value)), end };
    });
    through('ioredis', 0.16, async () => {
      const { client, end } = await ioRedisSentinel(sentinel);
      return { redis: client, set: (key, value) => client.set(key, value), end };
    });
  });

  describe('on a Redis Cluster', () => {
    let cluster: TestCluster;
    beforeAll(async () => {
      // No node dies here: none is to be taken for dead because the machine is busy.
      cluster = await startCluster(30_000);
    });
    afterAll(() => cluster.stop());

    through('node-redis', 0.4, async () => {
      const { client, end } = await nodeRedisCluster(cluster);
      return { redis: client, set: (key, value) => client.set(key, value), end };
    });
    through('ioredis', 0.4, async () => {
      const { client, end } = await ioRedisCluster(cluster);
      return { redis: client, set: (key, value) => client.set(key, value), end };
    });
  });
}
