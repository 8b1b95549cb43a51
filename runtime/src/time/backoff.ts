/** The pauses after failures: the first one, doubled with each failure up to the longest. */
export interface Pauses {
  readonly firstMs: number;
  readonly longestMs: number;
}

const PAUSES: Pauses = { firstMs: 500, longestMs: 30_000 };
/** Every pause lasts this share of its full length, and a random part of the rest. */
const CERTAIN = 0.2;

/**
 * Milliseconds to wait after the `failures`th failure in a row, counted from 1. Jittered, so that fifty instances
 * that failed together do not come back together.
 *
 * @param random in `[0, 1)`.
 */
export function backoffMs(failures: number, random: number, { firstMs, longestMs } = PAUSES): number {
  // Beyond 2^30 the doubling says nothing more, and would one day be infinite.
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return full * (CERTAIN + (1 - CERTAIN) * random);
}

/**
 * The moment of the next attempt. It is never slept over a deadline: one last attempt is made shortly before.
 *
 * @param lastCallMs how long before the deadline the last attempt is made.
 */
export function retryAt(now: number, pauseMs: number, deadline?: number, lastCallMs = 1_000): number {
  const planned = now + pauseMs;
  if (deadline === undefined) return planned;
  const lastCall = deadline - lastCallMs;
  return planned > lastCall && lastCall > now ? lastCall : planned;
}
