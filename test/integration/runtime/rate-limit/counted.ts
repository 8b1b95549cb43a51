import type { connect } from './redis';

/** The counter of a window of so many seconds, of whichever client has one. */
const TOTAL = `return struct.unpack('>I7', redis.call('GET', KEYS[1]), 18)`;

/** What counts in the one counter of a window of so many seconds (counter-script.ts: the field `total`). */
export async function countedIn(
  redis: Awaited<ReturnType<typeof connect>>,
  windowSeconds: number,
): Promise<number> {
  const [key = ''] = await redis.keys(`*}:${windowSeconds}`);
  return Number(await redis.eval(TOTAL, { keys: [key] }));
}
