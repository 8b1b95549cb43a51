/** Checks of single values. Each message says what was received and what was expected. */
import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';
import { expected } from '../policy/expected';

export const aFunction = z.custom((value) => typeof value === 'function', expected('a function'));

/** An object that has a method of this name. */
export const having = (method: string, what: string) =>
  z.custom(
    (value) => typeof (value as Record<string, unknown> | null | undefined)?.[method] === 'function',
    expected(what),
  );

/** A number above zero and up to `most`. */
export const upTo = (most: number, what: string) => {
  const message = expected(what);
  return z.number(message).gt(0, message).max(most, message);
};

/** Whether the text is an IP address or a range (`10.0.0.0/8`) that does not hold every address. */
export function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  if (isIP(address) === 0 || more.length > 0) return false;
  if (prefix === undefined) return true;
  const bits = /^\d+$/.test(prefix) ? Number(prefix) : 0;
  return bits >= 1 && bits <= (isIPv4(address) ? 32 : 128);
}
