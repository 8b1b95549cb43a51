import type { Clock } from '../../time/clock';
import type { Denial } from './denials';

interface Entry {
  readonly issuedUntil: number;
  readonly since: number;
  /** On the monotonic clock: no denial is forgotten because somebody sets the other one. */
  readonly diesAtMs: number;
}

export interface DenyListOptions {
  /** How long after a revocation the last token or session that it refuses has ended. */
  readonly lifeSeconds: number;
  /** How far the issuers' clocks may be ahead. */
  readonly toleranceSeconds: number;
  readonly clock: Clock;
  /** Denials held at most. Beyond this, see {@link DenyList.add}. */
  readonly most: number;
}

/** The denials of tokens, or of sessions, that are alive, in memory, and which of them are not known to be in Redis. */
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
    return this.#entries.size >= this.#options.most;
  }

  /** Whether one of these names is denied to what was issued then. */
  denies(names: readonly string[], issuedAt: number): boolean {
    return names.some((name) => issuedAt <= (this.#entries.get(name)?.issuedUntil ?? -Infinity));
  }

  /** Whether what was issued then may have been denied by a denial that is not in this list. */
  doubts(issuedAt: number): boolean {
    return issuedAt <= this.#everyoneUntil;
  }

  /** Whether nothing is denied to anyone: the names of a token or session are then not needed. */
  get empty(): boolean {
    return this.#entries.size === 0 && this.#everyoneUntil === -Infinity;
  }

  /**
   * Adds a denial, unless it is dead by now. A live denial never gives way to another: if there is no room,
   * {@link doubtEveryone} takes the place of the new one.
   *
   * @param stored whether it was seen in Redis.
   * @returns whether there was room.
   */
  add({ name, issuedUntil, since }: Omit<Denial, 'scope'>, stored: boolean): boolean {
    const { clock, lifeSeconds } = this.#options;
    const ageSeconds = Math.max(0, clock.wall() / 1_000 - since);
    if (ageSeconds >= lifeSeconds) return true;
    this.dropDead();
    const before = this.#entries.get(name);
    if (before === undefined && this.full) {
      this.doubtEveryone();
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

  /** Doubts everything that was issued up to now, for when it is unknown what was revoked. */
  doubtEveryone(): void {
    const { clock, toleranceSeconds } = this.#options;
    this.#everyoneUntil = Math.max(this.#everyoneUntil, clock.wall() / 1_000 + toleranceSeconds);
  }

  /** Forgets the denials of what has all ended. */
  dropDead(): void {
    const nowMs = this.#options.clock.monotonic();
    for (const [name, { diesAtMs }] of this.#entries) {
      if (diesAtMs > nowMs) return;
      this.#entries.delete(name);
      this.#notStored.delete(name);
    }
  }

  /** The denials that have not been seen in Redis. */
  notStored(): readonly Omit<Denial, 'scope'>[] {
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
