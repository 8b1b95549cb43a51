import { systemClock } from '../../time/clock';
import { idOf, type Charge, type Decision } from '../store/store';

/** A denial is repeated for at most this long without asking the store. */
const LONGEST_MS = 1_000;
/** At most this many clients are remembered. */
const CAPACITY = 10_000;
/** At most this many different denials of one client are remembered: of its users, of calls of different cost. */
const PER_CLIENT = 16;

interface Denial {
  readonly id: string;
  readonly cost: number;
  readonly limits: readonly number[];
  readonly decision: Decision;
  readonly atMs: number;
  readonly untilMs: number;
}

/**
 * Repeats a denial to a client that sends the same call again: the same cost against the same limits, for at most
 * a second, and never beyond the moment at which the call fits. A call of another cost goes to the store: a cheaper
 * one may fit, and a dearer one has another wait.
 */
export class DenyCache {
  readonly #denials = new Map<string, Denial[]>();

  /** @param clock monotonic, ms. */
  constructor(readonly clock: () => number = systemClock.monotonic) {}

  /** The number of clients remembered. */
  get size(): number {
    return this.#denials.size;
  }

  find(request: Charge): Decision | undefined {
    if (this.#denials.size === 0) return undefined;
    const { client, cost, limits } = request;
    const id = idOf(request);
    const denials = this.#denials.get(client);
    if (denials === undefined) return undefined;
    const nowMs = this.clock();
    const denial = denials.find(
      (entry) => entry.id === id && entry.cost === cost && entry.limits === limits && nowMs < entry.untilMs,
    );
    if (denial !== undefined) return laterBy(nowMs - denial.atMs, denial.decision);
    if (denials.every((entry) => nowMs >= entry.untilMs)) this.#denials.delete(client);
    return undefined;
  }

  /** Remembers a denial. An admission forgets the client's: it changed what they were about. */
  note(request: Charge, decision: Decision): void {
    const { client, cost, limits } = request;
    if (decision.allowed) {
      this.forget(client);
      return;
    }
    const atMs = this.clock();
    const id = idOf(request);
    const denial = {
      id,
      cost,
      limits,
      decision,
      atMs,
      untilMs: atMs + Math.min(LONGEST_MS, decision.retryAfterMs),
    };
    const others = (this.#denials.get(client) ?? []).filter(
      (entry) => entry.id !== id || entry.cost !== cost || entry.limits !== limits,
    );
    if (!this.#denials.has(client) && this.#denials.size >= CAPACITY) this.#denials.clear();
    this.#denials.set(client, [denial, ...others].slice(0, PER_CLIENT));
  }

  /** Forgets a client's denials: after a refund its calls may fit. */
  forget(client: string): void {
    this.#denials.delete(client);
  }
}

function laterBy(elapsedMs: number, decision: Decision): Decision {
  return {
    ...decision,
    by: 'cache',
    nowMs: decision.nowMs + elapsedMs,
    retryAfterMs: decision.retryAfterMs - elapsedMs,
    resetMs: decision.resetMs.map((reset) => Math.max(0, reset - elapsedMs)),
  };
}
