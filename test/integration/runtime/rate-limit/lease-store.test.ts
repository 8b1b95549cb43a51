import { nodeRedisAccess } from '../../../../runtime/src/redis/node-redis';
import { GuardedRedis } from '../../../../runtime/src/rate-limit/store/guarded-redis';
import { RedisLeaseStore } from '../../../../runtime/src/rate-limit/reserved/block-store';
import { RedisStore } from '../../../../runtime/src/rate-limit/store/redis-store';
import { useTestRedis } from './redis';

const WINDOWS_MS = [60_000, 3_600_000];
const LIMITS = [1_000, 10_000];

describe('blocks in a real Redis', () => {
  const { redis } = useTestRedis();
  let leases: RedisLeaseStore;
  let store: RedisStore;
  beforeAll(() => {
    const guarded = new GuardedRedis(nodeRedisAccess(redis()), { timeoutMs: 5_000 });
    leases = new RedisLeaseStore(guarded, WINDOWS_MS);
    store = new RedisStore(guarded, WINDOWS_MS);
  });
  beforeEach(() => redis().flushAll());

  const used = async (): Promise<readonly number[]> =>
    (await store.charge({ client: 'acme', cost: 0, limits: LIMITS })).used;

  test('a block is charged to every window, and is at most a quarter of what is left in the tightest', async () => {
    await store.charge({ client: 'acme', cost: 600, limits: LIMITS });
    expect(await leases.lease('acme', 'one', 5_000, LIMITS)).toMatchObject({ units: 100, used: [700, 700] });
    expect(await leases.lease('acme', 'two', 10, LIMITS)).toMatchObject({ units: 10, used: [710, 710] });
    expect(await used()).toEqual([710, 710]);
  });

  test('there is none when it would be too small to be of use', async () => {
    await store.charge({ client: 'acme', cost: 985, limits: LIMITS });
    expect(await leases.lease('acme', 'one', 100, LIMITS)).toBeUndefined();
    expect(await used()).toEqual([985, 985]);
  });

  test('a block is given back once, never more than it was', async () => {
    await leases.lease('acme', 'one', 100, LIMITS);
    await store.charge({ client: 'acme', cost: 50, limits: LIMITS });
    expect(await leases.giveBack('acme', 'one', 1_000)).toBe(100);
    expect(await leases.giveBack('acme', 'one', 100)).toBe(0);
    expect(await leases.giveBack('acme', 'never leased', 100)).toBe(0);
    expect(await used()).toEqual([50, 50]);
  });

  test('a block of counters that were reset takes nothing from what was charged since', async () => {
    await leases.lease('acme', 'before', 100, LIMITS);
    await redis().del(await redis().keys('*/60'));
    await new Promise((resolve) => setTimeout(resolve, 2));
    await leases.lease('acme', 'after', 80, LIMITS);
    expect(await leases.giveBack('acme', 'before', 100)).toBe(0);
    expect(await used()).toEqual([80, 80]);
  });

  test('blocks of one moment are leased by one command and given back by one, each by its own limits', async () => {
    const commands = async (): Promise<number> =>
      Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis().info('commandstats'))?.[1]);
    await Promise.all([leases.lease('warm', 'up', 4, LIMITS), leases.giveBack('warm', 'up', 4)]);

    const before = await commands();
    const grants = await Promise.all([
      leases.lease('acme', 'one', 100, LIMITS),
      leases.lease('tiny', 'two', 100, [10, 10_000]),
      leases.lease('acme', 'three', 1_000, LIMITS),
      leases.lease('globex', 'four', 50, [Infinity, 40]),
    ]);
    expect(grants.map((grant) => grant?.units)).toEqual([100, undefined, 225, 10]);
    expect(grants.map((grant) => grant?.used)).toEqual([[100, 100], undefined, [325, 325], [10, 10]]);
    const back = [leases.giveBack('globex', 'four', 3), leases.giveBack('acme', 'three', 200)];
    back.push(leases.giveBack('tiny', 'two', 100), leases.giveBack('globex', 'four', 3));
    expect(await Promise.all(back)).toEqual([3, 200, 0, 0]);
    expect(await commands()).toBe(before + 2);
    expect(await used()).toEqual([125, 125]);
  });

  test('all keys of a client are in one slot and die by themselves', async () => {
    await leases.lease('acme', 'one', 100, LIMITS);
    const keys = await redis().keys('*');
    expect(keys).toHaveLength(3);
    for (const key of keys) {
      expect(key).toMatch(/^portcullis:\{acme\}:/);
      expect(await redis().pTTL(key)).toBeGreaterThan(0);
    }
  });
});
