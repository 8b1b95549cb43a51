import type { Problem } from '@portcullis/runtime/policy';
import { Token } from 'cdktf';

/** What is wrong with a text that has to be like `pattern`. What only the engine will know is right for now. */
export function unlike(path: string, received: string, pattern: RegExp, expected: string): Problem[] {
  if (Token.isUnresolved(received) || pattern.test(received)) return [];
  return [{ path, message: `received ${JSON.stringify(received)}; expected ${expected}` }];
}
