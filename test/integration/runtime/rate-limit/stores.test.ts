import { chargeScript } from '../../../../runtime/src/rate-limit/store/charge-script';
import { GuardedRedis } from '../../../../runtime/src/rate-limit/store/guarded-redis';
import { MemoryCounters } from '../../../../runtime/src/rate-limit/store/memory-counters';
import { accessTo } from '../../../../runtime/src/redis';
import { RedisStore } from '../../../../runtime/src/rate-limit/store/redis-store';
import { onEveryClient } from './clients';
import { conforms, WINDOWS_MS } from './conformance';
import { runs } from '../../../support/fuzzing';

/** The one line of the script that a test changes: the time comes from a key beside the client's. */
const scriptOnTestClock = chargeScript(
  `now = tonumber(redis.call('GET', 'portcullis:' .. string.match(KEYS[1], '{.-}') .. ':now'))`,
);
const clockKey = (client: string): string => `portcullis:{${client}}:now`;

describe('in memory', () => {
  let nowMs = 0;
  const store = new MemoryCounters(WINDOWS_MS, () => nowMs);
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

onEveryClient((client, share) => {
  let store: RedisStore;
  beforeAll(() => {
    const guarded = new GuardedRedis(accessTo(client().redis), { timeoutMs: 5_000 });
    store = new RedisStore(guarded, WINDOWS_MS, scriptOnTestClock);
  });
  const setNow = async (name: string, nowMs: number): Promise<void> => {
    await client().set(clockKey(name), nowMs);
  };
  conforms(() => ({ store, setNow }), runs(150 * share));
});
