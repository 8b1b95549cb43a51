import { withCode } from '../coded-message';
import { describeProblems, type Problem } from '../policy/errors';

/** Thrown when a limiter is made with invalid options. `problems` lists all of them. */
export class RateLimitOptionsError extends Error {
  override readonly name = 'RateLimitOptionsError';
  readonly code = 'ERR_RATE_LIMIT_OPTIONS_INVALID';

  constructor(readonly problems: readonly Problem[]) {
    super(withCode('ERR_RATE_LIMIT_OPTIONS_INVALID', describeProblems('the rate-limit options', problems)));
  }
}
