import type { Limiter } from '../decide/limiter';
import type { Decision } from '../store/store';

/** What an admitted request was charged: `req.rateLimit`. */
export class RateLimitInfo {
  #refunded = 0;

  constructor(
    readonly cost: number,
    readonly client: string,
    readonly tier: string,
    private readonly limiter: Limiter,
    private readonly decision: Decision,
  ) {}

  /**
   * Gives back part of the cost when the work turned out smaller, to the buckets that were charged. All refunds of a
   * request together are at most its cost. A refund that the store does not take is lost; the client stays charged
   * for a window.
   *
   * @throws RangeError when `amount` is not a whole number, 0 or more.
   */
  async refund(amount: number): Promise<void> {
    if (!Number.isSafeInteger(amount) || amount < 0)
      throw new RangeError(`refund: received ${amount}; expected a whole number, 0 or more`);
    const back = Math.min(amount, this.cost - this.#refunded);
    if (back === 0) return;
    this.#refunded += back;
    await this.limiter.refund(this.client, back, this.decision);
  }
}

declare global {
  // Express' types are extended by merging with this namespace; there is no other way.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Express {
    interface Request {
      /** Set by `rateLimit()` on each request that a limiter decided and admitted. */
      rateLimit?: RateLimitInfo;
    }
  }
}
