/**
 * The keys of one issuer, kept at hand.
 *
 * A set is fetched when it is made and again every four minutes, before it turns five minutes old, so that
 * no request waits for it and a withdrawn key is soon refused. A process that slept through its timer
 * fetches before it trusts the set again. When fetching fails, the last set serves for up to an hour while
 * retries back off. After that no token can be verified, and callers are told to come back (503).
 *
 * A token may name a key that is not in the set: a new key, or an invented one. The set is then fetched once for
 * all who wait. If the fetch did not bring the key, tokens with unknown keys are refused without a fetch for the
 * next ten seconds. If it did, there is no such pause: an issuer may rotate twice in a row, and an attacker cannot
 * make it publish a key.
 */
import { backoffMs } from '../../time/backoff';
import type { Clock } from '../../time/clock';
import { KeysUnavailableError, TokenError } from '../errors';
import type { OnAuthEvent } from '../events';
import type { Algorithm } from './algorithms';
import type { FetchJson } from './fetch-json';
import { readJwks, type SigningKey } from './jwks';

const SECOND = 1_000;
const REFRESH_AFTER_MS = 240 * SECOND;
const FRESH_MS = 300 * SECOND;
const USABLE_MS = 3_600 * SECOND;
const FRUITLESS_PAUSE_MS = 10 * SECOND;

/** Keys tried for one token: a forged one costs as many checks. */
const MOST_CANDIDATES = 10;

/** Keys of which one may have signed a token; never empty. */
export type Candidates = readonly SigningKey[];

export interface KeySetOptions {
  readonly issuer: string;
  /** Where the set is. Asked again after every failure: it may have moved. */
  readonly locate: () => Promise<string>;
  readonly fetchJson: FetchJson;
  readonly clock: Clock;
  readonly onEvent: OnAuthEvent;
  /** Told when keys left the set. */
  readonly onWithdrawn: () => void;
}

export class KeySet {
  readonly #options: KeySetOptions;
  #keys: readonly SigningKey[] = [];
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #location: string | undefined;
  #inFlight: Promise<boolean> | undefined;
  #failures = 0;
  #lastFailure: unknown;
  #retryAt = Number.NEGATIVE_INFINITY;
  #fruitlessUntil = Number.NEGATIVE_INFINITY;
  #cancelTimer: () => void = () => undefined;
  #closed = false;
  #toldUntried = false;

  constructor(options: KeySetOptions) {
    this.#options = options;
    void this.#refresh();
  }

  /** Whether tokens can be verified now, if their key is known. */
  get usable(): boolean {
    return this.#age() < USABLE_MS;
  }

  /** The keys that may have signed, if there are some and their set need not be fetched first. */
  peek(keyId: string | undefined, algorithm: Algorithm): Candidates | undefined {
    return this.#mustFetch() ? undefined : this.#find(keyId, algorithm);
  }

  /** Whether what was once verified with the key still counts. */
  vouchesFor(key: SigningKey): boolean {
    return !key.withdrawn && !this.#mustFetch();
  }

  /**
   * The keys that may have signed, fetched if need be.
   *
   * @throws TokenError if the issuer has no such key.
   * @throws KeysUnavailableError if that cannot be told: the issuer does not answer.
   */
  async find(keyId: string | undefined, algorithm: Algorithm): Promise<Candidates> {
    if (this.#inFlight) await this.#inFlight;
    if (this.#mustFetch() && !this.#backingOff()) await this.#refresh();
    if (!this.usable) throw this.#unavailable();

    const known = this.#find(keyId, algorithm);
    if (known) return known;
    if (this.#now() < this.#fruitlessUntil) throw unknownKey();
    if (this.#backingOff() || !(await this.#refresh())) throw this.#unavailable();

    const fetched = this.#find(keyId, algorithm);
    if (fetched) return fetched;
    this.#fruitlessUntil = this.#now() + FRUITLESS_PAUSE_MS;
    throw unknownKey();
  }

  /** Stops fetching in the background. */
  close(): void {
    this.#closed = true;
    this.#cancelTimer();
  }

  /** Several issuers publish two keys under one identifier, or sign without naming a key (RFC 7515 §4.1.4). */
  #find(keyId: string | undefined, algorithm: Algorithm): Candidates | undefined {
    const fitting = this.#keys.filter(
      (key) => (keyId === undefined || key.id === keyId) && key.algorithms.includes(algorithm),
    );
    if (fitting.length > MOST_CANDIDATES) this.#tellUntried(fitting.length);
    return fitting.length === 0 ? undefined : fitting.slice(0, MOST_CANDIDATES);
  }

  #tellUntried(keys: number): void {
    if (this.#toldUntried) return;
    this.#toldUntried = true;
    const { issuer, onEvent } = this.#options;
    onEvent({ type: 'keys_left_untried', issuer, keys, tried: MOST_CANDIDATES });
  }

  #mustFetch(): boolean {
    const age = this.#age();
    return age >= USABLE_MS || (age >= FRESH_MS && this.#failures === 0);
  }

  #backingOff(): boolean {
    return this.#failures > 0 && this.#now() < this.#retryAt;
  }

  /** One fetch at a time; whoever needs one while it runs waits for the same. Tells whether it succeeded. */
  #refresh(): Promise<boolean> {
    this.#inFlight ??= this.#fetch().finally(() => (this.#inFlight = undefined));
    return this.#inFlight;
  }

  async #fetch(): Promise<boolean> {
    const { locate, fetchJson } = this.#options;
    try {
      this.#location ??= await locate();
      this.#accept(readJwks(await fetchJson(this.#location)));
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  /**
   * Keys that stayed keep their object, so that what was verified with them stays verified. One that is
   * published twice is one object: two could not both be told when it is withdrawn.
   */
  #accept(published: readonly SigningKey[]): void {
    const before = new Map(this.#keys.map((key) => [key.fingerprint, key]));
    const after = new Map(published.map((key) => [key.fingerprint, before.get(key.fingerprint) ?? key]));
    this.#keys = [...after.values()];
    const withdrawn = [...before.values()].filter((key) => !after.has(key.fingerprint));
    for (const key of withdrawn) key.withdrawn = true;

    this.#fetchedAt = this.#now();
    this.#failures = 0;
    // Instances that were started together do not ask together.
    this.#schedule(REFRESH_AFTER_MS * (0.9 + 0.1 * this.#options.clock.random()));
    const { issuer, onEvent, onWithdrawn } = this.#options;
    if (withdrawn.length > 0) onWithdrawn();
    onEvent({ type: 'keys_refreshed', issuer, keys: after.size, withdrawn: withdrawn.length });
  }

  #fail(error: unknown): void {
    this.#failures += 1;
    const pause = backoffMs(this.#failures, this.#options.clock.random());
    this.#lastFailure = error;
    this.#location = undefined;
    this.#retryAt = this.#now() + pause;
    this.#schedule(pause);
    const cause = error instanceof Error ? error.message : String(error);
    this.#options.onEvent({ type: 'keys_unavailable', issuer: this.#options.issuer, cause });
  }

  #schedule(milliseconds: number): void {
    this.#cancelTimer();
    if (!this.#closed)
      this.#cancelTimer = this.#options.clock.after(milliseconds, () => void this.#refresh());
  }

  #unavailable(): KeysUnavailableError {
    const seconds = Math.max(1, Math.ceil((this.#retryAt - this.#now()) / SECOND));
    return new KeysUnavailableError(this.#options.issuer, seconds, this.#lastFailure);
  }

  #age(): number {
    return this.#now() - this.#fetchedAt;
  }

  #now(): number {
    return this.#options.clock.monotonic();
  }
}

function unknownKey(): TokenError {
  return new TokenError('unknown_key', 'the issuer publishes no such key');
}
