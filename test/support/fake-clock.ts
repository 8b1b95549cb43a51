import type { Clock } from '../../runtime/src/time/clock';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that only the test moves. Timers run in their order, each at its own moment. */
export class FakeClock implements Clock {
  #now = 0;
  #timers: Timer[] = [];

  /** @param random the dice: a constant, or a generator of the test's own. */
  constructor(readonly random: () => number = () => 0.5) {}

  /** The calendar stands still at first as well: it began in 2026. */
  wall(): number {
    return Date.UTC(2026, 0, 1) + this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  /** Lets time pass; whatever becomes due on the way runs to its end first. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const next = this.#earliest();
      if (next === undefined || next.at > end) break;
      this.#now = Math.max(this.#now, next.at);
      this.#fire(next);
    }
    this.#now = end;
    await settled();
  }

  /** Time has passed and nobody could do anything: the process was stopped. */
  async leap(ms: number): Promise<void> {
    this.#now += ms;
    await this.advance(0);
  }

  #earliest(): Timer | undefined {
    return [...this.#timers].sort((one, other) => one.at - other.at)[0];
  }

  #fire(timer: Timer): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
    timer.callback();
  }
}

/** Chains of promises that wait for nothing but each other are at their end. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
}
