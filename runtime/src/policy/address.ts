/** Addresses of servers, as people give them: what may be said of one in a message, and what one has to be. */

/** An address as it may be shown: without user, password, query and fragment. */
export function shownAddress(address: string): string {
  const { protocol, host, pathname } = URL.canParse(address) ? new URL(address) : { host: '' };
  // `user:password` parses too, with the password as its path.
  if (host === '') return '(not a URL)';
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

/**
 * What keeps an address from being Vault's, in words that hold no secret; undefined for a good one. A path is good: Vault
 * may be below one, behind a proxy.
 */
export function vaultAddressProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) return `is not an http(s) URL: ${shownAddress(text)}`;
  if (url.username || url.password) {
    return `holds a user or a password, which Vault does not take: leave them out of ${shownAddress(text)}`;
  }
  if (url.search || url.hash) return `has a query or a fragment: leave it out of ${shownAddress(text)}`;
  if (/\/v1\/*$/.test(url.pathname))
    return `ends in /v1, which is added: leave it out of ${shownAddress(text)}`;
  return undefined;
}

/** What the paths of a server's API begin with: its origin, and the path that it is below. */
export function baseOf({ origin, pathname }: URL): string {
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

/** What was received where a text or something else was expected. Texts that may be secrets are not shown. */
export function received(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  if (value.includes('://')) return JSON.stringify(shownAddress(value));
  return value.length <= LONGEST_NAME && !/@|[^\x20-\x7e]/.test(value)
    ? JSON.stringify(value)
    : `a text of ${value.length} characters`;
}

/** Names of settings are shorter, tokens and keys are longer. */
const LONGEST_NAME = 24;

/** Whether a text can be a token in a header: what HTTP clients refuse, they quote in their errors. */
export const isHeaderToken = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);
