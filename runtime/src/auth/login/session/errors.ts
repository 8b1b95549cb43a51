import { withCode } from '../../../coded-message';

/** The session does not fit into cookies, and there is no Redis to keep it in. */
export class SessionTooLargeError extends Error {
  override readonly name = 'SessionTooLargeError';
  readonly code = 'ERR_SESSION_TOO_LARGE';

  /** @param characters of the sealed session. @param most of them that cookies hold. */
  constructor(characters: number, most: number) {
    super(
      withCode(
        'ERR_SESSION_TOO_LARGE',
        `a session of ${characters} characters, sealed, and cookies hold ${most}: ` +
          'give login() a redis, or have the provider put less into its tokens',
      ),
    );
  }
}

/** The Redis that keeps the session does not answer. */
export class SessionsUnavailableError extends Error {
  override readonly name = 'SessionsUnavailableError';
  readonly code = 'ERR_SESSIONS_UNAVAILABLE';

  constructor(cause: unknown) {
    super(withCode('ERR_SESSIONS_UNAVAILABLE', cause instanceof Error ? cause.message : String(cause)), {
      cause,
    });
  }
}
