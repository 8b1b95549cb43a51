import { startTimer } from './timer';

/**
 * The time and the dice, injectable so that tests own both. What others date, as a token's `exp`, is compared with
 * the wall clock; what ages or pauses is measured on the monotonic one.
 */
export interface Clock {
  /** Milliseconds since 1970, as the machine is set: it can be set back. */
  readonly wall: () => number;
  /** Milliseconds since some fixed moment; never set back. */
  readonly monotonic: () => number;
  /**
   * Calls back once, `ms` from now; the function it returns cancels. Any length: 768 h does not overflow. The
   * process does not wait for it, unless told to.
   */
  readonly after: (ms: number, run: () => void, options?: { readonly keepsAlive: boolean }) => () => void;
  /** In `[0, 1)`, for jitter. */
  readonly random: () => number;
}

/** The clocks of the process. */
export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, run, options) => startTimer(ms, run, options?.keepsAlive),
  random: () => Math.random(),
};

/** Somebody awaits the end of this time: without it a process that does nothing else would end instead. */
const AWAITED = { keepsAlive: true };

/** Resolves after `ms` on the given clock, or at once when the signal aborts. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done, AWAITED);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** `true` when the work settled within the bound; `false` when the bound came first. Never rejects. */
export async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  let cancel = (): void => undefined;
  const bound = new Promise<false>((resolve) => {
    cancel = clock.after(ms, () => resolve(false), AWAITED);
  });
  const settled = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, bound]);
  } finally {
    cancel();
  }
}
