import type * as Zod from 'zod';

/**
 * zod, loaded when a schema is made: whoever makes one has it already, and who makes none does not wait for it at
 * the start. It is half of what loading this folder would take.
 */
export function loadZod(): typeof Zod {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('zod') as typeof Zod;
}
