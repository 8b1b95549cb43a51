import { Redis as Upstash } from '@upstash/redis';
import { Redis as IoRedis } from 'ioredis';
import { chargeScript } from '../../../runtime/src/rate-limit/charge-script';
import { GuardedRedis } from '../../../runtime/src/rate-limit/guarded-redis';
import { MemoryStore } from '../../../runtime/src/rate-limit/memory-store';
import { accessTo, type RedisClient } from '../../../runtime/src/rate-limit/redis';
import { RedisStore } from '../../../runtime/src/rate-limit/redis-store';
import { startUpstash, type UpstashServer } from '../../support/upstash';
import { conforms, WINDOWS_MS, type StoreUnderTest } from './conformance';
import { connect, startRedis, type TestRedis } from './redis';
import { ioRedisCluster, nodeRedisCluster, startCluster, type TestCluster } from './redis-cluster';

jest.setTimeout(60_000);

/** The one line of the script that a test changes: the time comes from a key beside the client's. */
const scriptOnTestClock = chargeScript(`local now = tonumber(redis.call('GET', KEYS[1] .. ':now'))`);
const clockKey = (client: string): string => `portcullis:{${client}}:${WINDOWS_MS[0]! / 1000}s/60:now`;

/** A store on a client library, and the command that sets its time. */
const onClock = (
  redis: RedisClient,
  set: (key: string, nowMs: number) => Promise<unknown>,
): StoreUnderTest => {
  const guarded = new GuardedRedis(accessTo(redis), { timeoutMs: 5_000 });
  return {
    store: new RedisStore(guarded, WINDOWS_MS, scriptOnTestClock),
    setNow: async (client, nowMs) => {
      await set(clockKey(client), nowMs);
    },
  };
};

/** The suite on a client that exists only while the tests run. */
function conformsOn<Client extends RedisClient>(
  open: () => Promise<Client>,
  end: (client: Client) => unknown,
  set: (client: Client, key: string, nowMs: number) => Promise<unknown>,
  runs: number,
): void {
  let client: Client;
  let under: StoreUnderTest;
  beforeAll(async () => {
    client = await open();
    under = onClock(client, (key, nowMs) => set(client, key, nowMs));
  });
  afterAll(async () => {
    await end(client);
  });
  conforms(() => under, runs);
}

describe('in memory', () => {
  let nowMs = 0;
  const store = new MemoryStore(WINDOWS_MS, () => nowMs);
  conforms(
    () => ({
      store,
      setNow: (_client, time) => {
        nowMs = time;
      },
    }),
    300,
  );
});

describe('on one Redis', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  describe('through node-redis', () => {
    conformsOn(
      () => connect(server.url),
      (redis) => redis.destroy(),
      (redis, key, nowMs) => redis.set(key, nowMs),
      150,
    );
  });

  describe('through ioredis', () => {
    conformsOn(
      async () => {
        const redis = new IoRedis(server.url, { autoResendUnfulfilledCommands: false, lazyConnect: true });
        await redis.connect();
        return redis;
      },
      (redis) => redis.disconnect(),
      (redis, key, nowMs) => redis.set(key, nowMs),
      60,
    );
  });

  describe.each([true, false])(
    'through @upstash/redis, with automatic pipelines: %s',
    (enableAutoPipelining) => {
      let rest: UpstashServer;
      conformsOn(
        async () => {
          rest = await startUpstash(server.url, 'a-token');
          return new Upstash({
            url: rest.url,
            token: 'a-token',
            retry: { retries: 0 },
            enableAutoPipelining,
            enableTelemetry: false,
          });
        },
        () => rest.close(),
        (redis, key, nowMs) => redis.set(key, nowMs),
        25,
      );
    },
  );
});

describe('on a Redis Cluster', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    // No node dies here: none is to be taken for dead because the machine is busy.
    cluster = await startCluster(30_000);
  }, 30_000);
  afterAll(() => cluster.stop());

  describe('through node-redis', () => {
    conformsOn(
      async () => (await nodeRedisCluster(cluster)).client,
      (redis) => redis.destroy(),
      (redis, key, nowMs) => redis.set(key, nowMs),
      60,
    );
  });

  describe('through ioredis', () => {
    conformsOn(
      async () => (await ioRedisCluster(cluster)).client,
      (redis) => redis.disconnect(),
      (redis, key, nowMs) => redis.set(key, nowMs),
      60,
    );
  });
});
