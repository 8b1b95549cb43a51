import { startTimer } from './timer';

/** The time and the dice, injectable so that tests own both. */
export interface Clock {
  /** Milliseconds since some moment, on a clock that nobody can set. */
  now(): number;
  /** Calls back once, `ms` from now; the function it returns cancels. Any length: 768 h does not overflow. */
  after(ms: number, callback: () => void): () => void;
  /** In `[0, 1)`, for jitter. */
  random(): number;
}

/** The monotonic clock of the process. */
export const systemClock: Clock = {
  now: () => performance.now(),
  random: Math.random,
  after: startTimer,
};

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
    const cancel = clock.after(ms, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** `true` when the work settled within the bound; `false` when the bound came first. Never rejects. */
export async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  let cancel = (): void => undefined;
  const bound = new Promise<false>((resolve) => (cancel = clock.after(ms, () => resolve(false))));
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
