/**
 * The deny-lists of one instance, kept in step with Redis.
 *
 * A poll reads the stream from the entry that was read last, and expects to find that entry again. If it is not
 * there, the stream was lost or was replaced by an older copy (Redis restarted, failed over, was flushed): the poll
 * then reads it from its start, and this instance adds what it knows and the stream does not have. So a revocation
 * outlives Redis as long as one instance that knows it runs, and one that Redis could not take gets there later.
 */
import { systemClock, type Clock } from '../../time/clock';
import type { AuthContext } from '../context';
import type { OnAuthEvent } from '../events';
import { denialsReader, type Denial } from './denials';
import { DenyLists, type Capacity } from './deny-lists';
import { RevocationNotStoredError } from './errors';
import { resolveRevocation, type ResolvedRevocation, type RevocationOptions } from './options';
import type { RevocableSession, Revocation, RevocationList } from './revocation-list';
import { PAGE, RevocationStream } from './stream';

/** With a read that takes its longest in between, two polls still begin within a second. */
const POLL_EVERY_MS = 200;
const CURRENT_FOR_MS = 1_000;

/**
 * Follows the revocations of all instances, for `requireAuth({ revocations })`. A revocation reaches every instance within
 * one second; `current` is false on one that has been cut off from Redis for longer.
 *
 * @throws AuthOptionsError with every problem of the options at once.
 *
 * @example
 * const revocations = followRevocations({ policy, redis });
 * app.use(requireAuth({ policy, revocations }));
 * await revocations.revoke({ issuer: policy.issuer, subject: 'user-1' });
 */
export function followRevocations(options: RevocationOptions): RevocationList {
  return new Follower(resolveRevocation(options));
}

export class Follower implements RevocationList {
  readonly issuers: readonly string[];
  readonly toleranceSeconds: number;
  readonly #clock: Clock;
  readonly #onEvent: OnAuthEvent;
  readonly #denialsOf: ReturnType<typeof denialsReader>;
  readonly #lists: DenyLists;
  readonly #stream: RevocationStream;
  /** The last entry that was read. */
  #cursor: string | undefined;
  /** When the last complete poll began, on both clocks: only one of them may show that the process was frozen. */
  #currentAt = { wall: -Infinity, monotonic: -Infinity };
  #lastFailure: unknown;
  #toldCurrent = false;
  #toldNotStored = false;
  /** Additions to the stream: those under way, and all that were ever begun. */
  #appends = { underWay: 0, begun: 0 };
  #cancelPoll: () => void = () => undefined;
  #cancelAlarm: () => void = () => undefined;
  #closed = false;

  constructor(options: ResolvedRevocation, clock: Clock = systemClock, capacity?: Partial<Capacity>) {
    const { policy, redis, issuers, toleranceSeconds, onEvent } = options;
    this.issuers = issuers;
    this.toleranceSeconds = toleranceSeconds;
    this.#clock = clock;
    this.#onEvent = onEvent;
    this.#denialsOf = denialsReader(issuers, toleranceSeconds);
    this.#lists = new DenyLists({ policy, toleranceSeconds, clock, onEvent, capacity });
    this.#stream = new RevocationStream(redis, policy.name, this.#lists.lifeSeconds, clock);
    this.#setAlarm(clock.monotonic());
    void this.#poll();
  }

  revoked(auth: AuthContext): boolean {
    return this.#lists.deniesToken(auth);
  }

  sessionState(session: RevocableSession): 'good' | 'revoked' | 'unknown' {
    return this.#lists.sessionState(session);
  }

  get current(): boolean {
    const { wall, monotonic } = this.#currentAt;
    return Math.max(this.#clock.wall() - wall, this.#clock.monotonic() - monotonic) <= CURRENT_FOR_MS;
  }

  async revoke(revocation: Revocation): Promise<void> {
    const denials = this.#denialsOf(revocation, this.#clock.wall() / 1_000);
    for (const denial of denials) this.#lists.add(denial, false);
    try {
      await this.#append(denials);
    } catch (error) {
      throw new RevocationNotStoredError(error);
    }
  }

  close(): void {
    this.#closed = true;
    this.#cancelPoll();
    this.#cancelAlarm();
  }

  async #poll(): Promise<void> {
    const began = { wall: this.#clock.wall(), monotonic: this.#clock.monotonic() };
    const before = { ...this.#appends };
    try {
      await this.#read();
      this.#currentAt = began;
      this.#setAlarm(began.monotonic);
      this.#tellCurrent();
      // This read may have missed what was being added meanwhile. If nothing was, it shows what is missing.
      if (before.underWay === 0 && before.begun === this.#appends.begun) void this.#restore();
    } catch (error) {
      this.#lastFailure = error;
    }
    this.#lists.dropDead();
    if (this.#closed) return;
    const pause = POLL_EVERY_MS - (this.#clock.monotonic() - began.monotonic);
    this.#cancelPoll = this.#clock.after(Math.max(0, pause), () => void this.#poll());
  }

  async #read(): Promise<void> {
    let page;
    let isNew = false;
    do {
      page = await this.#stream.read(this.#cursor);
      if (this.#cursor !== undefined && page[0]?.id !== this.#cursor) {
        this.#cursor = undefined;
        this.#lists.forgetStored();
        return this.#read();
      }
      for (const { id, denial } of page) {
        if (id === this.#cursor) continue;
        isNew = true;
        if (denial) this.#lists.add(denial, true);
        else this.#lists.doubtEveryone();
      }
      this.#cursor = page.at(-1)?.id;
    } while (page.length === PAGE);
    // Who added it may not have been allowed to. Where this fails and the stream ends early, it is restored.
    if (isNew) void this.#stream.renew().catch(() => undefined);
  }

  /** Adds to the stream what it should have and does not. */
  async #restore(): Promise<void> {
    const missing = this.#lists.notStored();
    if (missing.length === 0) return;
    const entries = missing.length;
    try {
      await this.#append(missing);
      this.#toldNotStored = false;
      this.#onEvent({ type: 'revocations_restored', entries });
    } catch (error) {
      if (!this.#toldNotStored)
        this.#onEvent({ type: 'revocations_not_stored', entries, cause: causeOf(error) });
      this.#toldNotStored = true;
    }
  }

  async #append(denials: readonly Denial[]): Promise<void> {
    this.#appends.underWay += 1;
    this.#appends.begun += 1;
    try {
      await this.#stream.append(denials);
    } finally {
      this.#appends.underWay -= 1;
    }
  }

  #tellCurrent(): void {
    if (this.#toldCurrent) return;
    this.#toldCurrent = true;
    this.#onEvent({ type: 'revocations_current', alive: this.#lists.size });
  }

  /** Tells of the moment from which this instance counts as cut off, if no poll succeeds before. */
  #setAlarm(asOfMs: number): void {
    this.#cancelAlarm();
    if (this.#closed) return;
    const leftMs = asOfMs + CURRENT_FOR_MS - this.#clock.monotonic();
    this.#cancelAlarm = this.#clock.after(Math.max(0, leftMs), () => {
      this.#toldCurrent = false;
      const cause =
        this.#lastFailure === undefined ? 'Redis has not answered yet' : causeOf(this.#lastFailure);
      this.#onEvent({ type: 'revocations_cut_off', cause });
    });
  }
}

function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
