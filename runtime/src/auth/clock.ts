/** Time, as this folder reads it: injected, so that tests move it instead of waiting. */
export interface Clock {
  /** Milliseconds since 1970: what a token's times are compared with. */
  readonly now: () => number;
  /** Milliseconds since some fixed moment; never set back: what ages and pauses are measured with. */
  readonly monotonic: () => number;
  /** Runs something later, without keeping the process alive for it. Gives what cancels it. */
  readonly after: (milliseconds: number, run: () => void) => () => void;
}

/** Beyond this a timer fires at once (Node's limit). */
const LONGEST_TIMER = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, Math.min(milliseconds, LONGEST_TIMER));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
