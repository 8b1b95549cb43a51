/**
 * The arithmetic of a window, in one place for the Lua scripts, the memory store and the headers.
 *
 * What was charged is kept by N = 63 buckets a window of W milliseconds, on the clock's own grid: bucket i is the time
 * from i·W/N up to (i+1)·W/N. Of each bucket we know the sum of its charges and the time of its last one, and all of it
 * counts until that last one is W old. So any trailing window of W is covered, and what was charged is free again when it
 * has to be, or as much later as calls of the same bucket came after it: less than W/N.
 *
 * So a client that sends m equal calls a window, exactly its limit, gets all of them where no two share a bucket, and
 * otherwise loses of each m + k − 1 calls at most k − 1, where k share a bucket: it gets at least 60/61 of its limit. (It
 * would be N/(N + 1) if buckets were whole milliseconds. With 63 of them it is 60/61 for a window of a second, too.)
 *
 * A reserved block is charged W/N ahead, its last moment. A call that comes meanwhile shares its bucket, and counts as
 * long as the block does.
 *
 * A clock that is set back by two windows or less makes time stand still until it has caught up. One that is set back
 * further takes the charges along: the newest becomes W/N ahead of the clock, and the others keep their distance to it.
 * So nothing is given back early, and however far a clock was ahead, nobody is held for long. In Redis, charges move
 * forward again where the clock is put right within a window; an idle client who comes back at that very time is held for
 * a window more.
 *
 * Times are kept in whole milliseconds, so that now·N stays below 2^53 and every division here is exact. A charge is kept
 * at the end of its millisecond, and counts until the beginning of the one in which it is asked for: what is measured in
 * microseconds is held to the limit, too.
 */
export const BUCKETS = 63;
/** A clock that is set back by more buckets than this was wrong before, or is now. */
export const FAR = 2 * BUCKETS + 6;

/** The bucket in which `nowMs` falls. */
export function bucketAt(nowMs: number, windowMs: number): number {
  return Math.floor((nowMs * BUCKETS) / windowMs);
}
