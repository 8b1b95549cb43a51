/**
 * A token that is kept while it is good, and renewed before it is not. Renewal begins with the first use after
 * about four fifths of its life, while the old one is still given out: nobody waits, and a source that nobody
 * uses asks for nothing. While renewing fails, attempts back off, and the old token serves until it expires.
 */
import { backoffMs } from '../../time/backoff';
import type { Clock } from '../../time/clock';
import type { Tokens } from '../provider/provider';

/** A token must still be good when it arrives. */
const MARGIN_MS = 5_000;

interface Held {
  readonly token: string;
  readonly renewAt: number;
  readonly uselessAt: number;
}

export interface RenewingTokenOptions {
  readonly request: () => Promise<Tokens>;
  readonly clock: Pick<Clock, 'monotonic' | 'random'>;
}

export class RenewingToken {
  readonly #options: RenewingTokenOptions;
  #held: Held | undefined;
  #inFlight: Promise<Held> | undefined;
  #failure: { readonly error: unknown; readonly until: number; readonly count: number } | undefined;

  constructor(options: RenewingTokenOptions) {
    this.#options = options;
  }

  /** @throws whatever the last request failed with, if there is no token that serves. */
  async get(): Promise<string> {
    const held = this.#held;
    const now = this.#options.clock.monotonic();
    if (held && now < held.renewAt) return held.token;
    const mayAsk = this.#failure === undefined || now >= this.#failure.until;
    if (held && now < held.uselessAt) {
      // Its failure is kept for when it matters.
      if (mayAsk) this.#renew().catch(() => undefined);
      return held.token;
    }
    if (!mayAsk) throw this.#failure?.error;
    return (await this.#renew()).token;
  }

  /** One request at a time; whoever needs one while it runs waits for the same. */
  #renew(): Promise<Held> {
    this.#inFlight ??= this.#request().finally(() => (this.#inFlight = undefined));
    return this.#inFlight;
  }

  async #request(): Promise<Held> {
    const { request, clock } = this.#options;
    // A life counts from the request: what the answer took is gone already.
    const askedAt = clock.monotonic();
    try {
      const { accessToken, lifeSeconds } = await request();
      const lifeMs = lifeSeconds * 1_000;
      this.#failure = undefined;
      this.#held = {
        token: accessToken,
        // Instances that were started together do not ask together.
        renewAt: askedAt + lifeMs * (0.75 + 0.1 * clock.random()),
        uselessAt: askedAt + Math.max(lifeMs - MARGIN_MS, lifeMs / 2),
      };
      return this.#held;
    } catch (error) {
      const count = (this.#failure?.count ?? 0) + 1;
      const until = clock.monotonic() + backoffMs(count, clock.random());
      this.#failure = { error, until, count };
      throw error;
    }
  }
}
