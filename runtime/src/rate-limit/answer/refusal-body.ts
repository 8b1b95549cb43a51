import type { Request } from '../../peer-types';
import type { ErrorBody } from '../../http/answer';

/** A call that is refused: the usual body, and its status. */
export interface Refusal extends ErrorBody {
  /** 429: over the limit. 503: nobody could decide. */
  readonly status: 429 | 503;
  readonly tier: string;
  /** Missing where nobody could decide. */
  readonly limit?: number;
  readonly remaining?: number;
  /** Seconds until the call fits; missing where it never does. */
  readonly retryAfter?: number;
}

/** Gives the JSON body of a refusal, in place of the usual one. */
export type RefusalBody = (refusal: Refusal, req: Request) => object;
