/** Shortest and longest pause between two attempts. */
const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/**
 * Milliseconds to wait before attempt `attempt + 1`, doubling and fully jittered, so that fifty instances
 * that failed together do not come back together. What the server asked for with `Retry-After` is a floor.
 */
export function backoffMs(attempt: number, random: number, retryAfterMs = 0): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return retryAfterMs + ceiling * (0.2 + 0.8 * random);
}

/**
 * The moment of the next attempt. It is never slept over a deadline: one last attempt is made shortly before.
 *
 * @param lastCallMs how long before the deadline the last attempt is made.
 */
export function retryAt(now: number, backoff: number, deadline?: number, lastCallMs = 1_000): number {
  const planned = now + backoff;
  if (deadline === undefined) return planned;
  const lastCall = deadline - lastCallMs;
  return planned > lastCall && lastCall > now ? lastCall : planned;
}
