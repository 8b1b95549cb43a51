/** Cookies that only this host gets, only over TLS, and no script sees (RFC 6265bis §4.1.3.2 for the prefix). */
import type { Request, Response } from 'express';

const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax';

/** Browsers refuse cookies above 4,096 bytes, name and attributes included. */
const PIECE_CHARACTERS = 3_800;
/** Node refuses requests with more than 16 KB of headers: three pieces leave room for all else. */
const MOST_PIECES = 3;

export type Cookies = ReadonlyMap<string, string>;

/** The request's cookies. A name that came twice is left out: who of the two put it there cannot be told. */
export function cookiesOf(req: Request): Cookies {
  const cookies = new Map<string, string>();
  const twice = new Set<string>();
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const [name = '', ...value] = pair.split('=');
    if (cookies.has(name.trim())) twice.add(name.trim());
    cookies.set(name.trim(), value.join('=').trim());
  }
  for (const name of twice) cookies.delete(name);
  return cookies;
}

/** Adds a cookie to the answer. The value must be made of characters that cookies may hold, as a JWE is. */
export function setCookie(res: Response, name: string, value: string, maxAgeSeconds: number): void {
  res.append('Set-Cookie', `${name}=${value}; Max-Age=${maxAgeSeconds}; ${ATTRIBUTES}`);
}

export function clearCookie(res: Response, name: string): void {
  setCookie(res, name, '', 0);
}

/** The names under which a long value travels in pieces. */
const pieceNames = (name: string): string[] =>
  Array.from({ length: MOST_PIECES }, (_, index) => (index === 0 ? name : `${name}-${index}`));

/** Joins a value that may have travelled in pieces; `undefined` without its first one. */
export function readLong(cookies: Cookies, name: string): string | undefined {
  const pieces: string[] = [];
  for (const piece of pieceNames(name)) {
    const value = cookies.get(piece);
    if (!value) break;
    pieces.push(value);
  }
  return pieces.length === 0 ? undefined : pieces.join('');
}

/**
 * Sets a value that may be longer than one cookie can hold, and clears what a longer one left behind.
 *
 * @throws RangeError above 11,400 characters: requests would not get through any more.
 */
export function setLong(
  res: Response,
  cookies: Cookies,
  name: string,
  value: string,
  maxAgeSeconds: number,
): void {
  if (value.length > PIECE_CHARACTERS * MOST_PIECES) {
    throw new RangeError(`${name}: ${value.length} characters do not fit into ${MOST_PIECES} cookies`);
  }
  pieceNames(name).forEach((piece, index) => {
    const part = value.slice(index * PIECE_CHARACTERS, (index + 1) * PIECE_CHARACTERS);
    if (part !== '') setCookie(res, piece, part, maxAgeSeconds);
    else if (cookies.has(piece)) clearCookie(res, piece);
  });
}

export function clearLong(res: Response, cookies: Cookies, name: string): void {
  for (const piece of pieceNames(name)) if (cookies.has(piece)) clearCookie(res, piece);
}
