/** Messages of checks: each says what was received and what is expected, with an example. */
import type { z } from 'zod';
import { loadZod } from '../load-zod';
import { received } from './address';

interface Refused {
  readonly code?: string | undefined;
  readonly input?: unknown;
  readonly keys?: readonly string[];
}

/** The message of a check that a value did not pass. */
export const expected = (what: string) => ({
  error: ({ input }: Refused) => `received ${received(input)}; expected ${what}`,
});

/** An object with these fields and no others. */
export const objectOf = <Shape extends z.core.$ZodLooseShape>(shape: Shape, what: string) =>
  loadZod().strictObject(shape, {
    error: ({ code, input, keys }: Refused) =>
      code === 'unrecognized_keys'
        ? `received ${keys?.map((key) => received(key)).join(', ')}, which is unknown here; known are ${Object.keys(shape).join(', ')}`
        : `received ${received(input)}; expected ${what}`,
  });
