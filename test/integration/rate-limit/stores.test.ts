import { chargeScript } from '../../../runtime/src/rate-limit/charge-script';
import { MemoryStore } from '../../../runtime/src/rate-limit/memory-store';
import { GuardedRedis } from '../../../runtime/src/rate-limit/guarded-redis';
import { accessTo } from '../../../runtime/src/rate-limit/redis';
import { RedisStore } from '../../../runtime/src/rate-limit/redis-store';
import { conforms, WINDOWS_MS } from './conformance';
import { connect, startRedis, type TestRedis } from './redis';

/** The one line of the script that a test changes: the time comes from a key beside the client's. */
const scriptOnTestClock = chargeScript(`local now = tonumber(redis.call('GET', KEYS[1] .. ':now'))`);
const clockKey = (client: string): string => `portcullis:{${client}}:${WINDOWS_MS[0]! / 1000}s/60:now`;

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

describe('on Redis', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  describe('through node-redis', () => {
    let redis: Awaited<ReturnType<typeof connect>>;
    beforeAll(async () => {
      redis = await connect(server.url);
    });
    afterAll(() => redis.destroy());
    conforms(
      () => ({
        store: new RedisStore(
          new GuardedRedis(accessTo(redis), { timeoutMs: 5_000 }),
          WINDOWS_MS,
          scriptOnTestClock,
        ),
        setNow: async (client, time) => {
          await redis.set(clockKey(client), time);
        },
      }),
      150,
    );
  });
});
