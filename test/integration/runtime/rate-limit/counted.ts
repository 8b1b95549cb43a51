import type { connect } from './redis';

type Redis = Awaited<ReturnType<typeof connect>>;

/** The field `total` of a counter (counter-script.ts). */
const TOTAL = `return struct.unpack('>I7', redis.call('GET', KEYS[1]), 18)`;

/** What counts in a counter, by its key. */
async function totalOf(redis: Redis, key: string): Promise<number> {
  return Number(await redis.eval(TOTAL, { keys: [key] }));
}

/** What counts in the one counter that has a window of so many seconds. */
export async function countedIn(redis: Redis, windowSeconds: number): Promise<number> {
  const [key = ''] = await redis.keys(`*}:${windowSeconds}`);
  return totalOf(redis, key);
}

/** Every key, but for reports of who was refused, which come by themselves every few seconds. */
export async function keysBesideReports(redis: Redis, pattern = '*'): Promise<string[]> {
  return (await redis.keys(pattern)).filter((key) => !key.includes('}:reports:'));
}

/** What counts in all counters together, of every client. One that was given all of it back is empty. */
export async function countedInAll(redis: Redis): Promise<number> {
  const keys = await keysBesideReports(redis, 'portcullis:*');
  const lengths = await Promise.all(keys.map((key) => redis.strLen(key)));
  const charged = keys.filter((_key, index) => lengths[index]! >= 24);
  const totals = await Promise.all(charged.map((key) => totalOf(redis, key)));
  return totals.reduce((sum, one) => sum + one, 0);
}
