/** What went wrong with the local environment. Stable: tests and scripts may switch on it. */
export type LocalErrorCode =
  | 'engine_missing'
  | 'engine_build_failed'
  | 'checksum_mismatch'
  | 'cache_busy'
  | 'port_in_use'
  | 'unreachable'
  | 'server_failed'
  | 'deploy_failed'
  | 'vault_refused'
  | 'bad_setting';

/**
 * A failure the person at the keyboard can do something about: `problem` says what was found and what was
 * expected, `remedy` what to do next. Neither ever holds a password or a token.
 */
export class LocalError extends Error {
  override readonly name = 'LocalError';

  constructor(
    readonly code: LocalErrorCode,
    readonly problem: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${problem}; ${remedy}`, options);
  }
}

/** The message of anything that can be thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join(', ');
  // fetch() hides why it failed in its cause.
  if (error instanceof TypeError && error.message === 'fetch failed') return messageOf(error.cause);
  return error instanceof Error ? error.message : String(error);
}

/** An address as it may be shown: without user, password and query. */
export function shownAddress(address: string): string {
  const { protocol, host, pathname } = URL.canParse(address) ? new URL(address) : { host: '' };
  // `user:password` parses too, with the password as its path.
  if (host === '') return '(not a URL)';
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
