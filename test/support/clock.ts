import type { Clock } from '../../runtime/src/time/clock';

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves both times on, runs what was due on the way, and lets what it started settle. */
  advance(milliseconds: number): Promise<void>;
  /** Moves both times on while nothing runs, as for a process that was frozen. */
  freeze(milliseconds: number): void;
  /** Timers that are still to fire. */
  pending(): number;
}

interface Timer {
  readonly due: number;
  readonly run: () => void;
}

/** @param random the dice: a constant, or a generator of the test's own. */
export function manualClock(startMs = Date.UTC(2026, 0, 1), random = (): number => 0.5): ManualClock {
  let elapsed = 0;
  const timers = new Set<Timer>();

  const nextDue = (until: number): Timer | undefined =>
    [...timers].filter(({ due }) => due <= until).sort((a, b) => a.due - b.due)[0];

  return {
    wall: () => startMs + elapsed,
    monotonic: () => elapsed,
    random,
    after: (milliseconds, run) => {
      const timer = { due: elapsed + milliseconds, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: async (milliseconds) => {
      const until = elapsed + milliseconds;
      await settled();
      for (let timer = nextDue(until); timer; timer = nextDue(until)) {
        elapsed = Math.max(elapsed, timer.due);
        timers.delete(timer);
        timer.run();
        await settled();
      }
      elapsed = until;
      await settled();
    },
    freeze: (milliseconds) => {
      elapsed += milliseconds;
    },
    pending: () => timers.size,
  };
}

/** Lets promises that nothing outside is needed for run to their end. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
}
