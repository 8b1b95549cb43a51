import type { Request } from '../../peer-types';
import type { ErrorBody } from '../../http/answer';

/** A refused call: the usual body, its status, and what was decided. */
export interface Refusal extends ErrorBody {
  /** 429: over the limit. 503: the store does not answer, and the route's `onStoreFailure` is 'closed'. */
  readonly status: 429 | 503;
  /** The client's tier. */
  readonly tier: string;
  /** The limit that refused it. Missing with 503. */
  readonly limit?: number;
  readonly remaining?: number;
  /** Seconds until the call would be admitted; missing if never. */
  readonly retryAfter?: number;
}

/** Makes the JSON body of a refusal, in place of the usual one. */
export type RefusalBody = (refusal: Refusal, req: Request) => object;
