import type * as Zod from 'zod';

/**
 * zod, loaded when a schema is made: whoever makes one has loaded it already, and nobody else waits for it at the
 * start. It would be half of what loading the secrets takes, and two thirds of loading a policy's tools.
 */
export function loadZod(): typeof Zod {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('zod') as typeof Zod;
}
