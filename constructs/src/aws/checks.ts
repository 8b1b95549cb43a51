/** Problems of properties, as `refuseProps()` lists them. A value that is known only at the apply has none. */
import type { Problem } from '@portcullis/runtime/policy';
import { Token } from 'cdktf';

/** A host name, without a port, a user or a wildcard. */
export const HOST_NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i;

/** The problem of one value, unless it is `right`. */
export function unless(right: boolean, path: string, received: unknown, expected: string): Problem[] {
  if (right || Token.isUnresolved(received)) return [];
  return [{ path, message: `received ${JSON.stringify(received)}; expected ${expected}` }];
}

/** The problem of a text that does not match `pattern`. */
export function unlike(path: string, received: string, pattern: RegExp, expected: string): Problem[] {
  return unless(pattern.test(received), path, received, expected);
}

/** The problem of what is no whole number from `least` to `most`. */
export function wholeNumber(path: string, received: number, least: number, most: number): Problem[] {
  const right = Number.isSafeInteger(received) && received >= least && received <= most;
  return unless(right, path, received, `a whole number from ${least} to ${most}`);
}
