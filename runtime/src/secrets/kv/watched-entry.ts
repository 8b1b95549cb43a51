import { Listeners, type Listener } from '../../listener';
import type { Clock } from '../../time/clock';
import { SecretsError } from '../errors';
import type { EmitEvent } from '../events';
import type { Task } from '../scheduler';
import type { KvEntry } from './kv-reader';

/** Reads the entry: the newest version, or the given one. @throws SecretsError */
export type ReadEntry<T> = (version?: number) => Promise<KvEntry<T>>;

export interface WatchedEntryOptions<T> {
  readonly path: string;
  /** How often Vault is asked for a newer version. */
  readonly intervalMs: number;
  /** How long the version before is still to be accepted after a change. */
  readonly acceptPreviousMs: number;
  readonly read: ReadEntry<T>;
  readonly clock: Clock;
  readonly emit: EmitEvent;
}

/** Up to this share is taken away from each interval, so that a fleet that started together does not ask together. */
const SPREAD = 0.2;

/**
 * A KV entry whose versions are followed. It has the newest version and, for a while, the one before, so that what was
 * signed or sealed with the old key is still accepted: sign with `current`, verify with `accepted`. An instance sees a new
 * version within the interval; `refresh()` asks at once. While the newest version is missing or does not match the schema,
 * the last good one stays, and the event `kv_failed` has the reason.
 */
export class WatchedEntry<T> implements Task {
  readonly #changes = new Listeners<T>('onChange');
  #entry: KvEntry<T>;
  #previous: { readonly value: T; readonly until: number } | undefined;
  #nextAt = 0;
  #looking: Promise<void> | undefined;
  #failure = '';

  private constructor(
    private readonly options: WatchedEntryOptions<T>,
    entry: KvEntry<T>,
  ) {
    this.#entry = entry;
    this.#plan();
  }

  /** @throws SecretsError when the entry cannot be read: a service does not start without it. */
  static async start<T>(options: WatchedEntryOptions<T>): Promise<WatchedEntry<T>> {
    const entry = await options.read();
    const watched = new WatchedEntry(options, entry);
    await watched.#keepPrevious(entry, undefined);
    return watched;
  }

  /** The newest good version. */
  get current(): T {
    return this.#entry.value;
  }

  get version(): number {
    return this.#entry.version;
  }

  /** The version that `current` replaced, while it is still accepted; otherwise `undefined`. */
  get previous(): T | undefined {
    return this.#previous && this.#previous.until > this.options.clock.monotonic()
      ? this.#previous.value
      : undefined;
  }

  /** `current`, then `previous` if there is one. */
  get accepted(): readonly [T, ...T[]] {
    const { current, previous } = this;
    return previous === undefined ? [current] : [current, previous];
  }

  /**
   * Tells of every new version; returns a function that stops it.
   *
   * @param listener may be async; its failures are warnings of the process and change nothing.
   */
  onChange(listener: Listener<T>): () => void {
    return this.#changes.add(listener);
  }

  /** Looks for a newer version now. Never rejects: a failure is an event, and the last good version stays. */
  refresh(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  dueAt(): number {
    return this.#nextAt;
  }

  run(): Promise<void> {
    return this.refresh();
  }

  async #look(): Promise<void> {
    const { read, path, emit } = this.options;
    try {
      const entry = await read();
      this.#failure = '';
      const before = this.#entry;
      // An entry that was deleted with all its versions and made anew counts from 1 again.
      if (entry.version === before.version && entry.writtenAt === before.writtenAt) return;
      await this.#keepPrevious(entry, before);
      this.#entry = entry;
      emit({ type: 'kv_changed', path, version: entry.version });
      this.#changes.tell(entry.value);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#plan();
    }
  }

  /**
   * Keeps the version before `entry` for a while, counted from when `entry` was written: so an instance that starts
   * meanwhile accepts what older ones do.
   */
  async #keepPrevious({ version, writtenAt }: KvEntry<T>, before: KvEntry<T> | undefined): Promise<void> {
    const { clock, read, acceptPreviousMs } = this.options;
    const age = Math.max(0, clock.wall() - writtenAt);
    const left = acceptPreviousMs - age;
    this.#previous = undefined;
    // Of an entry that was made anew, the one before it is nowhere else any more.
    const atHand = before && before.version >= version - 1 ? before : undefined;
    if (left <= 0 || (version <= 1 && !atHand)) return;
    try {
      const { value } = atHand ?? (await read(version - 1));
      this.#previous = { value, until: clock.monotonic() + left };
    } catch {
      // It was deleted, or has another shape: then only the newest version is accepted.
    }
  }

  #failed(error: unknown): void {
    const { path, emit } = this.options;
    const { code, message } =
      error instanceof SecretsError
        ? error
        : new SecretsError('ERR_VAULT_FAILED', `KV entry ${path} cannot be read`);
    // Each way of failing is told once, not at every interval.
    if (this.#failure !== message) emit({ type: 'kv_failed', path, code, message });
    this.#failure = message;
  }

  #plan(): void {
    const { clock, intervalMs } = this.options;
    this.#nextAt = clock.monotonic() + intervalMs * (1 - SPREAD * clock.random());
  }
}
