import { inspect } from 'node:util';
import type { z } from 'zod';
import { loadZod } from './load-zod';

const HIDDEN = '[secret]';

/**
 * A value that prints as `[secret]`: in logs, in JSON, in `util.inspect`, in a template string.
 * Only {@link Secret.reveal} gives it away, so that a search for `reveal` finds every use.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/**
 * A zod schema for a field of a KV entry that must not be printed.
 *
 * @example
 * const schema = z.object({ jwt_signing_key: secret(), db_host: z.string() });
 */
export function secret(): z.ZodPipe<z.ZodString, z.ZodTransform<Secret, string>> {
  return loadZod()
    .string()
    .min(1)
    .transform((value) => new Secret(value));
}

/**
 * A copy that prints as `[secret]`, all the objects inside it too, while its properties can be read by name.
 * Covers `JSON.stringify`, `util.inspect` and every logger. The properties cannot be enumerated, because pino
 * copies those of an object that is logged by itself, and so does `{ ...value }`.
 */
export function hideWhenPrinted<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Secret) return value;
  const copy = (Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value) as object)) as T &
    object;
  const hidden = { value: () => HIDDEN };
  const parts = Object.entries(value).map(([name, part]) => [
    name,
    { value: hideWhenPrinted<unknown>(part) },
  ]);
  return Object.defineProperties(copy, {
    ...(Object.fromEntries(parts) as PropertyDescriptorMap),
    toJSON: hidden,
    [inspect.custom]: hidden,
  });
}
