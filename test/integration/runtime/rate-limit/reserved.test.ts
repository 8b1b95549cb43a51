/** Reserved blocks on a real Redis, through every client, against the log of what was admitted. Times are the test's own. */
import fc from 'fast-check';
import { chargeScript } from '../../../../runtime/src/rate-limit/store/charge-script';
import { GuardedRedis } from '../../../../runtime/src/rate-limit/store/guarded-redis';
import { reserveScript } from '../../../../runtime/src/rate-limit/reserved/block-script';
import { RedisBlockStore } from '../../../../runtime/src/rate-limit/reserved/block-store';
import { accessTo } from '../../../../runtime/src/redis';
import { RedisStore } from '../../../../runtime/src/rate-limit/store/redis-store';
import { onEveryClient, type OpenClient } from './clients';
import { ReservedWorld, TIERS, WINDOWS_MS, type Step } from './reserved-world';
import { atLength, runs } from '../../../support/fuzzing';

const START = 1_800_000_000_000;
const PROCESSES = 3;

const bucketMs = WINDOWS_MS[0]! / 60;
const wait = fc.record({
  do: fc.constant('wait' as const),
  ms: fc.oneof(
    fc.constantFrom(
      0,
      1,
      ...[bucketMs, 2 * bucketMs, WINDOWS_MS[0]!, WINDOWS_MS[0]! + bucketMs].map(Math.floor),
    ),
    fc.nat(60),
    fc.nat(400),
    fc.nat(9_000),
  ),
});
const processes = fc.nat(PROCESSES - 1);
const burst = fc.record({
  do: fc.constant('burst' as const),
  process: processes,
  calls: fc.integer({ min: 1, max: 40 }),
  cost: fc.oneof(fc.constant(1), fc.nat(5)),
  tier: fc.constantFrom('strict', 'strict', 'strict', 'loose'),
  network: fc.constantFrom('fast' as const, 'fast' as const, 'late request' as const, 'late reply' as const),
});
const life = fc.array(
  fc.oneof(
    { arbitrary: burst, weight: 10 },
    { arbitrary: wait, weight: 7 },
    { arbitrary: fc.record({ do: fc.constant('deliver' as const) }), weight: 2 },
    {
      arbitrary: fc.record({ do: fc.constantFrom('kill', 'close', 'sweep'), process: processes }),
      weight: 2,
    },
    {
      arbitrary: fc.record({ do: fc.constant('refund' as const), which: fc.nat(30), amount: fc.nat(6) }),
      weight: 1,
    },
  ),
  { minLength: 15, maxLength: 70 },
);

let clients = 0;

/** Processes that serve one new client through what is open. */
function worldOf({ redis, set }: OpenClient, offset = 0): ReservedWorld {
  const client = `client-${(clients += 1)}`;
  const clockKey = `portcullis:{${client}}:now`;
  const clock = `now = tonumber(redis.call('GET', 'portcullis:' .. string.match(KEYS[1], '{.*}') .. ':now'))`;
  const guarded = new GuardedRedis(accessTo(redis), { timeoutMs: 5_000 });
  return new ReservedWorld({
    client,
    processes: PROCESSES,
    startMs: START + offset,
    setNow: async (nowMs) => {
      await set(clockKey, nowMs);
    },
    store: new RedisStore(guarded, WINDOWS_MS, chargeScript(clock)),
    blocks: new RedisBlockStore(guarded, WINDOWS_MS, reserveScript(clock), setImmediate),
  });
}

onEveryClient((client, share) => {
  test('no trailing window is ever above its limit, and every refusal has its reason', async () => {
    let reserved = 0;
    let total = 0;
    const property = fc.asyncProperty(fc.nat(7_000), life, async (offset, steps) => {
      const tried = worldOf(client(), offset);
      await tried.live(steps);
      reserved += tried.admitted.block;
      total += tried.admitted.block + tried.admitted.store;
    });
    await fc.assert(property, { numRuns: runs(150 * share) });
    // Else the property would speak of something else.
    expect(reserved / total).toBeGreaterThan(share === 1 && atLength ? 0.3 : 0);
  });

  test('a block is spent up to the end of its life and not beyond, wherever in a bucket it was asked for', async () => {
    const burst = (calls: number): Step => ({
      ...{ do: 'burst', process: 0, calls, cost: 1, tier: 'small', network: 'fast' },
    });
    const moments = fc.record({
      offset: fc.nat(7_000),
      age: fc.oneof(fc.nat(Math.ceil(2 * bucketMs)), fc.integer({ min: 100, max: 150 })),
      early: fc.oneof(fc.integer({ min: 1, max: 25 }), fc.integer({ min: -2, max: Math.ceil(bucketMs) })),
    });
    await fc.assert(
      fc.asyncProperty(moments, async ({ offset, age, early }) => {
        const rest: Step = { do: 'wait', ms: WINDOWS_MS[0]! - early };
        await worldOf(client(), offset).live([burst(8), { do: 'wait', ms: age }, burst(6), rest, burst(40)]);
      }),
      { numRuns: runs(120 * share) },
    );
  });

  test('a process is shut down while the reply to what it asked for is late', async () => {
    const burst = (calls: number, network: 'fast' | 'late reply'): Step => ({
      ...{ do: 'burst', process: 0, calls, cost: 1, tier: 'strict', network },
    });
    for (let calls = 10; calls < 30; calls += 1)
      await worldOf(client()).live([
        burst(25, 'fast'),
        burst(calls, 'late reply'),
        { do: 'close', process: 0 },
      ]);
  });

  // What is asked how often is the same through each of them.
  if (share < 1) return;

  test('a busy client needs few round trips', async () => {
    const tried = worldOf(client());
    await tried.pace({ process: 0, calls: 2_000, everyMs: 7 });
    expect(tried.admitted.block / tried.calls).toBeGreaterThan(0.9);
  });

  test.each([1, 3])(
    'a client paced at its limit over %i processes gets at least 60/65 of it',
    async (used) => {
      const tried = worldOf(client());
      const calls = 4_000;
      const everyMs = WINDOWS_MS[0]! / TIERS.ample![0]!;
      for (let call = 0; call < calls; call += 1)
        await tried.pace({ process: call % used, calls: 1, everyMs });
      expect(tried.admitted.block).toBeGreaterThan(0);
      expect(tried.admittedCost).toBeGreaterThanOrEqual(Math.floor((calls * 60) / 65));
    },
  );
});
