/**
 * The arithmetic of a window, in one place for the Lua script, the memory store and the headers.
 *
 * A window of W milliseconds is cut into N = 60 buckets on the clock's own grid: bucket i is the time
 * from i·W/N up to (i+1)·W/N. A charge counts in full until every moment of its bucket is W old, so any
 * trailing window of W is covered by the current bucket and the N before it. What was charged is free
 * again at most W/N after it had to be. So a client that sends m equal calls a window, exactly its limit, gets at
 * least m of every m + ⌈m/N⌉: N/(N + 1) of them when m is a multiple of N, fewer of a few dear ones.
 *
 * A reserved block is charged one bucket ahead (its last moment), so N + 2 buckets are live at once: they
 * sit in a ring, bucket i in slot i mod (N + 2).
 *
 * A clock that is set back by two windows or less makes time stand still until it has caught up. One that is set back
 * further takes the charges along: the newest charged bucket becomes the one after the current, and the others keep
 * their distance to it (one bucket more than they were old is enough, since nobody knows where in its bucket a charge
 * was made). So nothing is given back early, and however far a clock was ahead, nobody is held for long. In Redis,
 * charges move forward again where the clock is put right within a window; an idle client who comes back at that very
 * time is held for a window more.
 *
 * Times are whole milliseconds, so that now·N stays below 2^53 and every division here is exact.
 */
export const BUCKETS = 60;
export const RING = BUCKETS + 2;
/** A clock that is set back by more buckets than this was wrong before, or is now. */
export const FAR = 2 * RING + 2;

/** The bucket in which `nowMs` falls. */
export function bucketAt(nowMs: number, windowMs: number): number {
  return Math.floor((nowMs * BUCKETS) / windowMs);
}

/** The first whole millisecond at which a charge in `bucket` counts no longer. */
export function freedAtMs(bucket: number, windowMs: number): number {
  return Math.ceil(((bucket + BUCKETS + 1) * windowMs) / BUCKETS);
}
