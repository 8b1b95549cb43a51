import { withCode } from '../../coded-message';
import { describeProblems, type Problem } from '../../policy';

/** The revocation is invalid, and nothing was revoked. `problems` lists all that is wrong with it. */
export class RevocationInvalidError extends Error {
  override readonly name = 'RevocationInvalidError';
  readonly code = 'ERR_REVOCATION_INVALID';

  constructor(readonly problems: readonly Problem[]) {
    super(withCode('ERR_REVOCATION_INVALID', describeProblems('the revocation', problems)));
  }
}

/**
 * The revocation holds on this instance, but Redis did not confirm it: other instances may not know of it yet.
 * This instance keeps trying to tell them while it runs. Revoking again does no harm.
 */
export class RevocationNotStoredError extends Error {
  override readonly name = 'RevocationNotStoredError';
  readonly code = 'ERR_REVOCATION_NOT_STORED';

  constructor(cause: unknown, message = 'revoked on this instance only: Redis did not confirm it. Retry') {
    super(withCode('ERR_REVOCATION_NOT_STORED', message), { cause });
  }
}
