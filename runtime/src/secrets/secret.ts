import { inspect } from 'node:util';
import type { z } from 'zod';
import { loadZod } from '../load-zod';

const HIDDEN = '[secret]';

/**
 * A value that prints as `[secret]`: in logs, in JSON, in `util.inspect`, in a template string.
 * Only {@link Secret.reveal} returns it, so that a search for `reveal` finds every use.
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
 * The same value, printed as `[secret]`, and so are all objects inside it; its properties can still be read by name. This
 * holds for `JSON.stringify`, `util.inspect` and every logger. The properties cannot be enumerated, because pino copies
 * those of an object that is logged by itself, as `{ ...value }` does.
 *
 * Lists and plain objects are copied. Other objects (a date, a map, a buffer, a key, an instance with private fields) would
 * not work as copies: they are changed themselves.
 */
export function hideWhenPrinted<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Secret) return value;
  if (Object.hasOwn(value, inspect.custom)) return value; // It was hidden before.
  return Array.isArray(value) || isPlain(value) ? hiddenCopy(value) : hideInPlace(value);
}

/** Makes whatever has these properties print as `[secret]`. */
export const HIDING: PropertyDescriptorMap = Object.fromEntries(
  ['toJSON', inspect.custom].map((name) => [name, { value: () => HIDDEN, configurable: true }]),
);

function hiddenCopy<T extends object>(value: T): T {
  const copy = (Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value) as object)) as T;
  const parts = Object.entries(value).map(([name, part]) => [
    name,
    { value: hideWhenPrinted<unknown>(part) },
  ]);
  return Object.defineProperties(copy, {
    ...(Object.fromEntries(parts) as PropertyDescriptorMap),
    ...HIDING,
    toString: { value: () => HIDDEN },
  });
}

function hideInPlace<T extends object>(value: T): T {
  if (!Object.isExtensible(value)) return value;
  // The elements of a typed array are its memory, and stay enumerable.
  const own = ArrayBuffer.isView(value) ? {} : Object.getOwnPropertyDescriptors(value);
  for (const [name, { value: part, configurable, enumerable }] of Object.entries<PropertyDescriptor>(own)) {
    if (!configurable || !enumerable) continue;
    const hidden = part === undefined ? {} : { value: hideWhenPrinted<unknown>(part) };
    Object.defineProperty(value, name, { ...hidden, enumerable: false });
  }
  return Object.defineProperties(value, HIDING);
}

/** Not by `Object.prototype` itself: an object may be of another realm. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
