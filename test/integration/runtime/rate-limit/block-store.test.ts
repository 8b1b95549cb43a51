import { nodeRedisAccess } from '../../../../runtime/src/redis/node-redis';
import { GuardedRedis } from '../../../../runtime/src/rate-limit/store/guarded-redis';
import { RedisBlockStore } from '../../../../runtime/src/rate-limit/reserved/block-store';
import { RedisStore } from '../../../../runtime/src/rate-limit/store/redis-store';
import { useTestRedis } from './redis';

const WINDOWS_MS = [60_000, 3_600_000];
const LIMITS = [1_000, 10_000];

describe('blocks in a real Redis', () => {
  const { redis } = useTestRedis();
  let blocks: RedisBlockStore;
  let store: RedisStore;
  beforeAll(() => {
    const guarded = new GuardedRedis(nodeRedisAccess(redis()), { timeoutMs: 5_000 });
    blocks = new RedisBlockStore(guarded, WINDOWS_MS);
    store = new RedisStore(guarded, WINDOWS_MS);
  });
  beforeEach(() => redis().flushAll());

  const used = async (): Promise<readonly number[]> =>
    (await store.charge({ client: 'acme', cost: 0, limits: LIMITS })).used;

  test('a block is charged to every window, and is at most a quarter of what is left in the tightest', async () => {
    await store.charge({ client: 'acme', cost: 600, limits: LIMITS });
    expect(await blocks.reserve('acme', 'one', 5_000, LIMITS)).toMatchObject({
      units: 100,
      used: [700, 700],
    });
    expect(await blocks.reserve('acme', 'two', 10, LIMITS)).toMatchObject({ units: 10, used: [710, 710] });
    expect(await used()).toEqual([710, 710]);
  });

  test('there is none when it would be too small to be of use', async () => {
    await store.charge({ client: 'acme', cost: 985, limits: LIMITS });
    expect(await blocks.reserve('acme', 'one', 100, LIMITS)).toBeUndefined();
    expect(await used()).toEqual([985, 985]);
  });

  test('a block is given back once, never more than it was', async () => {
    await blocks.reserve('acme', 'one', 100, LIMITS);
    await store.charge({ client: 'acme', cost: 50, limits: LIMITS });
    expect(await blocks.giveBack('acme', 'one', 1_000)).toBe(100);
    expect(await blocks.giveBack('acme', 'one', 100)).toBe(0);
    expect(await blocks.giveBack('acme', 'never reserved', 100)).toBe(0);
    expect(await used()).toEqual([50, 50]);
  });

  test('a block of counters that were reset takes nothing from what was charged since', async () => {
    await blocks.reserve('acme', 'before', 100, LIMITS);
    await redis().del(await redis().keys('*}:*0'));
    await new Promise((resolve) => setTimeout(resolve, 2));
    await blocks.reserve('acme', 'after', 80, LIMITS);
    expect(await blocks.giveBack('acme', 'before', 100)).toBe(0);
    expect(await used()).toEqual([80, 80]);
  });

  test('blocks of one moment are reserved by one command and given back by one, each by its own limits', async () => {
    const commands = async (): Promise<number> =>
      Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis().info('commandstats'))?.[1]);
    await Promise.all([blocks.reserve('warm', 'up', 4, LIMITS), blocks.giveBack('warm', 'up', 4)]);

    const before = await commands();
    const grants = await Promise.all([
      blocks.reserve('acme', 'one', 100, LIMITS),
      blocks.reserve('tiny', 'two', 100, [10, 10_000]),
      blocks.reserve('acme', 'three', 1_000, LIMITS),
      blocks.reserve('globex', 'four', 50, [Infinity, 40]),
    ]);
    expect(grants.map((grant) => grant?.units)).toEqual([100, undefined, 225, 10]);
    expect(grants.map((grant) => grant?.used)).toEqual([[100, 100], undefined, [325, 325], [10, 10]]);
    const back = [blocks.giveBack('globex', 'four', 3), blocks.giveBack('acme', 'three', 200)];
    back.push(blocks.giveBack('tiny', 'two', 100), blocks.giveBack('globex', 'four', 3));
    expect(await Promise.all(back)).toEqual([3, 200, 0, 0]);
    expect(await commands()).toBe(before + 2);
    expect(await used()).toEqual([125, 125]);
  });

  test('all keys of a client are in one slot and die by themselves', async () => {
    await blocks.reserve('acme', 'one', 100, LIMITS);
    const keys = await redis().keys('*');
    expect(keys).toHaveLength(3);
    for (const key of keys) {
      expect(key).toMatch(/^portcullis:\{acme\}:/);
      expect(await redis().pTTL(key)).toBeGreaterThan(0);
    }
  });
});
