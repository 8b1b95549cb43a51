import { startTimer } from '../time/timer';

/**
 * Time, as this folder reads it: injected, so that tests move it instead of waiting. Tokens are judged by the
 * calendar, which may be set; what ages is not.
 */
export interface Clock {
  /** Milliseconds since 1970: what a token's times are compared with. */
  readonly now: () => number;
  /** Milliseconds since some fixed moment; never set back: what ages and pauses are measured with. */
  readonly monotonic: () => number;
  /** Runs something later, without keeping the process alive for it. Gives what cancels it. */
  readonly after: (milliseconds: number, run: () => void) => () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (milliseconds, run) => startTimer(milliseconds, run, false),
};
