/** Problems of properties, as `refuseProps()` lists them. What is known only when it is applied has none. */
import type { Problem } from '@portcullis/runtime/policy';
import { Token } from 'cdktf';

export function unless(right: boolean, path: string, received: unknown, expected: string): Problem[] {
  if (right || Token.isUnresolved(received)) return [];
  return [{ path, message: `received ${JSON.stringify(received)}; expected ${expected}` }];
}

export function unlike(path: string, received: string, pattern: RegExp, expected: string): Problem[] {
  return unless(pattern.test(received), path, received, expected);
}

export function wholeNumber(path: string, received: number, least: number, most: number): Problem[] {
  const right = Number.isSafeInteger(received) && received >= least && received <= most;
  return unless(right, path, received, `a whole number from ${least} to ${most}`);
}
