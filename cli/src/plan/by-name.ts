import { z } from 'zod';
import { isRecord } from './values';

/**
 * An object whose members people name. `z.record()` leaves `__proto__` out, which is a name like any other to engines:
 * what stands under it would be seen by nobody.
 *
 * @default empty
 */
export function byName<T>(member: z.ZodType<T>) {
  return z
    .preprocess(
      (value) => (isRecord(value) && !(value instanceof Map) ? new Map(Object.entries(value)) : value),
      z.map(z.string(), member),
    )
    .prefault({});
}
