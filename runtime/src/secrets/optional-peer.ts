import { SecretsError } from './errors';

/**
 * A package that is the application's to install, loaded by what uses it.
 *
 * @param load holds the `require()` itself: bundlers follow only one that they can read.
 * @param packages what has to be installed, as npm is told.
 * @param user what needs it, for the message.
 * @throws SecretsError `ERR_SECRETS_CONFIG` with the command that installs it.
 */
export function optionalPeer<T>(load: () => T, packages: string, user: string): T {
  try {
    return load();
  } catch (cause) {
    throw missingPeer(packages, user, cause);
  }
}

/** What failed, or the command that mends it where a package was not found. */
export function missingPeer(packages: string, user: string, cause: unknown): unknown {
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') return cause;
  return new SecretsError('ERR_SECRETS_CONFIG', `${user} needs more packages: npm install ${packages}`, {
    cause,
  });
}
