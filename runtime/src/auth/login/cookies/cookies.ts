/** Reads and writes cookies, long ones in pieces. What each cookie is, is said where it is used. */
import type { Request, Response } from '../../../peer-types';
import { beforeHeaders } from '../../../http/before-headers';

/** A cookie, but for its value (RFC 6265bis §4.1.2). */
export interface Cookie {
  /**
   * Begins with `__Host-`: only this host gets the cookie, and only over TLS. For such a name, browsers insist on
   * `Secure`, `Path=/` and no `Domain` (§4.1.3.2), which every cookie here therefore has.
   */
  readonly name: string;
  /** Whether it is kept from the page's scripts. */
  readonly httpOnly: boolean;
  /** Which requests that other sites cause bring it: none, links only, or all. */
  readonly sameSite: 'Strict' | 'Lax' | 'None';
}

/** Browsers refuse cookies above 4,096 bytes, name and attributes included. */
const PIECE_CHARACTERS = 3_800;
/** Node refuses requests with more than 16 KB of headers. Three pieces leave room for everything else. */
const MOST_PIECES = 3;
/** The longest value that travels in pieces. */
export const LONGEST_VALUE = PIECE_CHARACTERS * MOST_PIECES;

export type Cookies = ReadonlyMap<string, string>;

/** The request's cookies. A name that came twice has no value: nobody can tell which of the two is ours. */
export function cookiesOf(req: Request): Cookies {
  const cookies = new Map<string, string>();
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const [first = '', ...value] = pair.split('=');
    const name = first.trim();
    cookies.set(name, cookies.has(name) ? '' : value.join('=').trim());
  }
  return cookies;
}

/** What `Set-Cookie` says. The value must be made of characters that cookies may hold, as a JWE is. */
export function cookieLine(cookie: Cookie, value: string, maxAgeSeconds: number): string {
  const { name, httpOnly, sameSite } = cookie;
  const attributes = ['Path=/', 'Secure', ...(httpOnly ? ['HttpOnly'] : []), `SameSite=${sameSite}`];
  return [`${name}=${value}`, `Max-Age=${maxAgeSeconds}`, ...attributes].join('; ');
}

/** Adds cookies to the answer, beside those that a handler sets. @param lines asked when the headers are written. */
export function addCookies(res: Response, lines: () => readonly string[]): void {
  beforeHeaders(res, () => {
    for (const line of lines()) res.appendHeader('Set-Cookie', line);
  });
}

export function setCookie(res: Response, cookie: Cookie, value: string, maxAgeSeconds: number): void {
  addCookies(res, () => [cookieLine(cookie, value, maxAgeSeconds)]);
}

export function clearCookie(res: Response, cookie: Cookie): void {
  setCookie(res, cookie, '', 0);
}

/** The names under which a long value travels in pieces. */
const pieceNames = (name: string): string[] =>
  Array.from({ length: MOST_PIECES }, (_, index) => (index === 0 ? name : `${name}-${index}`));

/**
 * Joins a value that may have travelled in pieces; `undefined` without its first one. Only a full piece has another one
 * behind it: what comes after a shorter one is left of an older value, whose answer overtook.
 */
export function readLong(cookies: Cookies, name: string): string | undefined {
  const pieces: string[] = [];
  for (const piece of pieceNames(name)) {
    const value = cookies.get(piece);
    if (!value) break;
    pieces.push(value);
    if (value.length < PIECE_CHARACTERS) break;
  }
  return pieces.length === 0 ? undefined : pieces.join('');
}

/**
 * The lines that set a value which may be longer than one cookie can hold, and clear what a longer one left behind.
 *
 * @param value of {@link LONGEST_VALUE} at most: with a longer one, requests would not get through any more. An empty one
 *   clears them all.
 */
export function longCookieLines(
  cookies: Cookies,
  cookie: Cookie,
  value: string,
  maxAgeSeconds: number,
): readonly string[] {
  return pieceNames(cookie.name).flatMap((name, index) => {
    const part = value.slice(index * PIECE_CHARACTERS, (index + 1) * PIECE_CHARACTERS);
    if (part === '') return cookies.has(name) ? [cookieLine({ ...cookie, name }, '', 0)] : [];
    return [cookieLine({ ...cookie, name }, part, maxAgeSeconds)];
  });
}
