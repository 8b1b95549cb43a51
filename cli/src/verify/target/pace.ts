/** How fast probes go: of each limit, less than a quarter is spent in any window. */
import type { Probe } from '../probes/probe';

const SHARE = 1 / 4;

interface Spent {
  readonly atMs: number;
  readonly cost: number;
}

export class Pace {
  readonly #spent = new Map<string, Spent[]>();

  /** Milliseconds until a probe may be sent; `Infinity` for one that by itself costs too much. */
  waitMs(probe: Probe, nowMs: number): number {
    const { cost, paced } = probe;
    if (cost === 0) return 0;
    const waits = paced.map((limit) => {
      let room = limit.quota * SHARE - cost;
      if (room <= 0) return Infinity;
      const windowMs = limit.windowSeconds * 1_000;
      // Newest first: the first one that no longer fits has to have left the window.
      for (const { atMs, cost: before } of (this.#spent.get(keyOf(probe, limit)) ?? []).toReversed()) {
        if (atMs + windowMs <= nowMs) break;
        room -= before;
        if (room <= 0) return atMs + windowMs - nowMs;
      }
      return 0;
    });
    return Math.max(0, ...waits);
  }

  sent(probe: Probe, atMs: number): void {
    for (const limit of probe.cost === 0 ? [] : probe.paced) {
      const key = keyOf(probe, limit);
      const spent = this.#spent.get(key) ?? [];
      spent.push({ atMs, cost: probe.cost });
      this.#spent.set(key, spent);
    }
  }
}

function keyOf({ counter, target }: Probe, { ofRoute, windowSeconds }: Probe['paced'][number]): string {
  return JSON.stringify([counter, ofRoute ? target : '', windowSeconds]);
}

/** Seconds that these probes take at least, by their limits alone: counters are waited for beside each other. */
export function forecastSeconds(probes: readonly Probe[]): number {
  const pace = new Pace();
  const clocks = new Map<string, number>();
  for (const probe of probes) {
    const now = clocks.get(probe.counter) ?? 0;
    const wait = pace.waitMs(probe, now);
    if (wait === Infinity) continue;
    pace.sent(probe, now + wait);
    clocks.set(probe.counter, now + wait);
  }
  return Math.ceil(Math.max(0, ...clocks.values()) / 1_000);
}
