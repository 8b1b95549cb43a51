/**
 * What to say when a package that is the application's to install could not be loaded. The `require()` stands in a
 * `try` where it is used: bundlers then bundle what is there, and go on without what is not.
 *
 * @param packages what has to be installed, as npm is told.
 * @param user what needs it.
 * @returns undefined where the cause is something else: throw that as it is.
 */
export function missingPeerMessage(packages: string, user: string, cause: unknown): string | undefined {
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  return `${user} needs what is not installed: npm install ${packages}`;
}
