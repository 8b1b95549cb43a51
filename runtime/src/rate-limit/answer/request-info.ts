import type { Decision } from '../store/store';
import type { Decided } from '../decide/decider';
import type { Standing } from './headers';

/** Gives back part of what was charged. Never rejects. */
export interface Refunds {
  refund(client: string, amount: number, decision: Decision): Promise<void>;
}

/** What an admitted request was charged, and where its client stands: `req.rateLimit`. */
export class RateLimitInfo {
  readonly cost: number;
  /** The client, hashed. */
  readonly client: string;
  readonly tier: string;
  /** The limit that the client is closest to; `Infinity` if all its limits are in shadow. */
  readonly limit: number;
  /** What is left of that limit, after this request. */
  readonly remaining: number;
  readonly #resetSeconds: number;
  readonly #charged: Refunds;
  readonly #decision: Decision;
  #refunded = 0;

  constructor(
    { cost, client, limits: tier }: Pick<Decided, 'cost' | 'client' | 'limits'>,
    { limit, remaining, resetSeconds }: Omit<Standing, 'suffix'>,
    charged: Refunds,
    decision: Decision,
  ) {
    this.cost = cost;
    this.client = client;
    this.tier = tier.name;
    this.limit = limit;
    this.remaining = remaining;
    this.#resetSeconds = resetSeconds;
    this.#charged = charged;
    this.#decision = decision;
  }

  /** What was spent of that limit, this request included. */
  get used(): number {
    return this.limit === Infinity ? 0 : this.limit - this.remaining;
  }

  /** When the whole limit is free again, if nothing more is sent: the value of `X-RateLimit-Reset`. */
  get resetTime(): Date {
    return new Date((Math.ceil(this.#decision.nowMs / 1_000) + this.#resetSeconds) * 1_000);
  }

  /**
   * Gives back part of the cost if the work turned out smaller. All refunds of a request together are at most its cost. A
   * refund that the store does not accept is lost: the client stays charged for a window.
   *
   * @throws RangeError if `amount` is not a whole number, 0 or more.
   */
  async refund(amount: number): Promise<void> {
    if (!Number.isSafeInteger(amount) || amount < 0)
      throw new RangeError(`refund: received ${amount}; expected a whole number, 0 or more`);
    const back = Math.min(amount, this.cost - this.#refunded);
    if (back === 0) return;
    this.#refunded += back;
    await this.#charged.refund(this.client, back, this.#decision);
  }
}

declare module 'http' {
  interface IncomingMessage {
    /** Set by `rateLimit()` on each request that a limiter decided and admitted. */
    rateLimit?: RateLimitInfo;
  }
}
