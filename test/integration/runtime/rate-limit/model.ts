/**
 * What a limiter promises, in the plainest words: a log of what was admitted, and when. It shares no
 * line with the limiter.
 */
export interface ModelWindow {
  readonly windowMs: number;
  readonly limit: number;
}

export class AdmissionLog {
  readonly entries: { at: number; cost: number }[] = [];

  admit(at: number, cost: number): void {
    this.entries.push({ at, cost });
  }

  /** What was admitted in the `lengthMs` up to and including `at`. */
  spent(at: number, lengthMs: number): number {
    return this.entries.reduce(
      (sum, entry) => (entry.at > at - lengthMs && entry.at <= at ? sum + entry.cost : sum),
      0,
    );
  }

  /** Whether `cost` fits at `at`, for a limiter that may be `lateMs` late to give capacity back. */
  fits(
    at: number,
    cost: number,
    windows: readonly ModelWindow[],
    lateMs: (windowMs: number) => number,
  ): boolean {
    return windows.every(
      ({ windowMs, limit }) => this.spent(at, windowMs + lateMs(windowMs)) + cost <= limit,
    );
  }

  /** The first moment from `at` on when `cost` fits if nothing else is admitted, in the same sense. */
  fitsFrom(
    at: number,
    cost: number,
    windows: readonly ModelWindow[],
    lateMs: (windowMs: number) => number,
  ): number {
    const moments = this.entries.flatMap((entry) =>
      windows.map(({ windowMs }) => entry.at + windowMs + lateMs(windowMs)),
    );
    const candidates = [at, ...moments.filter((moment) => moment > at).sort((a, b) => a - b)];
    return candidates.find((moment) => this.fits(moment, cost, windows, lateMs)) ?? Infinity;
  }
}

/** The log's own answer: a window of exactly W. */
export const EXACT = (): number => 0;

/** The promise: at most one bucket, W/60, late; and the millisecond to which the clock is read. */
export const ONE_BUCKET = (windowMs: number): number => Math.ceil(windowMs / 60) + 1;
