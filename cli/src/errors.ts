import { isNativeError } from 'node:util/types';

/** Why a command could not do its work. Stable: tests and scripts may switch on it. */
export type PortcullisErrorCode =
  | 'ERR_ENGINE_MISSING'
  | 'ERR_ENGINE_BUILD'
  | 'ERR_ENGINE_FAILED'
  | 'ERR_CHECKSUM'
  | 'ERR_CACHE_BUSY'
  | 'ERR_PORT_IN_USE'
  | 'ERR_UNREACHABLE'
  | 'ERR_SERVER_FAILED'
  | 'ERR_DEPLOY'
  | 'ERR_VAULT_REFUSED'
  | 'ERR_KEYCLOAK_REFUSED'
  | 'ERR_CONFIG'
  | 'ERR_CONFIG_MISSING'
  | 'ERR_SYNTH'
  | 'ERR_LOCK_MISSING'
  | 'ERR_PLAN_UNREADABLE'
  | 'ERR_RULES'
  | 'ERR_REPORT_UNREADABLE'
  | 'ERR_SETTING'
  | 'ERR_DISK'
  | 'ERR_GIVEN_SERVER'
  | 'ERR_NOT_CONFIRMED'
  | 'ERR_NOT_APPROVED'
  | 'ERR_GIVE_BACK';

/**
 * A failure the person at the keyboard can do something about: `problem` says what was found and what was
 * expected, `remedy` what to do next. Neither ever holds a password or a token.
 */
export class PortcullisError extends Error {
  override readonly name: string = 'PortcullisError';

  constructor(
    readonly code: PortcullisErrorCode,
    readonly problem: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${problem}; ${remedy}`, options);
  }
}

/**
 * Errors of the policy, of the config, of a construct: their message says what to mend. They are known by their shape, for a
 * repository may have a copy of the runtime of its own.
 */
export function endsWithCode(error: unknown): error is Error {
  return isNativeError(error) && 'code' in error && error.message.endsWith(`(${String(error.code)})`);
}

/** The message of anything that can be thrown. */
export function messageOf(error: unknown): string {
  // Node's own errors may be of another realm than ours; those of the DOM are no native ones.
  if (!isNativeError(error) && !(error instanceof Error)) return String(error);
  if (error.message === '' && 'errors' in error)
    return (error as AggregateError).errors.map(messageOf).join(', ');
  // fetch() hides why it failed in its cause.
  return error.message === 'fetch failed' ? messageOf(error.cause) : error.message;
}
