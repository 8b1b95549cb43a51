import type { Clock } from '../../time/clock';
import type { Denial } from './denials';

/** Revocations held at most, some 20 MB. Beyond this, see {@link DenyList.add}. */
const MOST_DENIALS = 100_000;

interface Entry {
  readonly issuedUntil: number;
  readonly since: number;
  /** On the monotonic clock: no denial is forgotten because somebody sets the other one. */
  readonly diesAtMs: number;
}

export interface DenyListOptions {
  /** How long after a revocation the last token that it refuses has ended. */
  readonly lifeSeconds: number;
  /** How far the issuers' clocks may be ahead. */
  readonly toleranceSeconds: number;
  readonly clock: Clock;
  readonly most?: number;
}

/** The revocations that are alive, in memory, and which of them are not known to be in Redis. */
export class DenyList {
  readonly #options: DenyListOptions;
  /** In the order in which they were last added, which is about the order in which they die. */
  readonly #entries = new Map<string, Entry>();
  readonly #notStored = new Set<string>();
  #everyoneUntil = -Infinity;

  constructor(options: DenyListOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get full(): boolean {
    const { most = MOST_DENIALS } = this.#options;
    return this.#entries.size >= most;
  }

  /** Whether a token with one of these names and this `iat` is refused. */
  denies(names: readonly string[], issuedAt: number): boolean {
    return (
      issuedAt <= this.#everyoneUntil ||
      names.some((name) => issuedAt <= (this.#entries.get(name)?.issuedUntil ?? -Infinity))
    );
  }

  /** Whether nothing is denied to anyone: the names of a token are then not needed. */
  get empty(): boolean {
    return this.#entries.size === 0 && this.#everyoneUntil === -Infinity;
  }

  /**
   * Adds a denial, unless it is dead by now. A live denial never gives way to another: if there is no room,
   * {@link denyEveryone} takes the place of the new one.
   *
   * @param stored whether it was seen in Redis.
   * @returns whether there was room.
   */
  add({ name, issuedUntil, since }: Denial, stored: boolean): boolean {
    const { clock, lifeSeconds } = this.#options;
    const ageSeconds = Math.max(0, clock.wall() / 1_000 - since);
    if (ageSeconds >= lifeSeconds) return true;
    this.dropDead();
    const before = this.#entries.get(name);
    if (before === undefined && this.full) {
      this.denyEveryone();
      return false;
    }
    const entry = {
      issuedUntil: Math.max(issuedUntil, before?.issuedUntil ?? -Infinity),
      since: Math.max(since, before?.since ?? -Infinity),
      diesAtMs: Math.max(
        clock.monotonic() + (lifeSeconds - ageSeconds) * 1_000,
        before?.diesAtMs ?? -Infinity,
      ),
    };
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    if (!stored) this.#notStored.add(name);
    else if (issuedUntil === entry.issuedUntil) this.#notStored.delete(name);
    return true;
  }

  /**
   * Refuses every token issued up to now, for when it is unknown whose tokens were revoked. Callers get new ones
   * by refreshing.
   */
  denyEveryone(): void {
    const { clock, toleranceSeconds } = this.#options;
    this.#everyoneUntil = Math.max(this.#everyoneUntil, clock.wall() / 1_000 + toleranceSeconds);
  }

  /** Forgets the denials whose tokens have all expired. */
  dropDead(): void {
    const nowMs = this.#options.clock.monotonic();
    for (const [name, { diesAtMs }] of this.#entries) {
      if (diesAtMs > nowMs) return;
      this.#entries.delete(name);
      this.#notStored.delete(name);
    }
  }

  /** The denials that have not been seen in Redis. */
  notStored(): readonly Denial[] {
    return [...this.#notStored].flatMap((name) => {
      const entry = this.#entries.get(name);
      return entry ? [{ name, issuedUntil: entry.issuedUntil, since: entry.since }] : [];
    });
  }

  /** Counts no denial as seen in Redis any more: the stream that held them is gone. */
  forgetStored(): void {
    for (const name of this.#entries.keys()) this.#notStored.add(name);
  }
}
