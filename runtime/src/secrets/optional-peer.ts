import { SecretsError } from './errors';

/**
 * What to throw when a package that is the application's to install could not be loaded. The `require()` stands in a
 * `try` where it is used: bundlers then bundle what is there, and go on without what is not.
 *
 * @param packages what has to be installed, as npm is told.
 * @param user what needs it, for the message.
 * @returns SecretsError `ERR_SECRETS_CONFIG` with the command that installs it; the cause itself where that is another.
 */
export function missingPeer(packages: string, user: string, cause: unknown): unknown {
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') return cause;
  const message = `${user} needs what is not installed: npm install ${packages}`;
  return new SecretsError('ERR_SECRETS_CONFIG', message, { cause });
}
