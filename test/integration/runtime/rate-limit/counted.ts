import type { connect } from './redis';

type Redis = Awaited<ReturnType<typeof connect>>;

/** The field `total` of a counter (counter-script.ts). */
const TOTAL = `return struct.unpack('>I7', redis.call('GET', KEYS[1]), 18)`;

/** What counts in a counter, by its key. */
export async function totalOf(redis: Redis, key: string): Promise<number> {
  return Number(await redis.eval(TOTAL, { keys: [key] }));
}

/** What counts in the one counter that has a window of so many seconds. */
export async function countedIn(redis: Redis, windowSeconds: number): Promise<number> {
  const [key = ''] = await redis.keys(`*}:${windowSeconds}`);
  return totalOf(redis, key);
}
