/**
 * Values of a plan, as rules see them. What the engine or its name calls a secret is veiled before anything else sees
 * it; a value that is not known yet says so. Which of the others may be shown is said in `shown/`.
 */
import { createHmac, randomBytes } from 'node:crypto';

export type Value =
  null | boolean | number | string | readonly Value[] | { readonly [attribute: string]: Value } | Veiled;

/** A key of this process alone: marks can be compared here, and nobody can guess a value from one. */
const MARKING_KEY = randomBytes(32);

const WORDS = {
  unknown: '(known after apply)',
  sensitive: '(sensitive)',
  withheld: '(not shown)',
} as const;

/** A value that cannot be shown. Two secrets are the same if their marks are. */
export class Veiled {
  private constructor(
    readonly kind: keyof typeof WORDS,
    readonly mark: string,
  ) {}

  static readonly UNKNOWN = new Veiled('unknown', '');

  /** A value that nothing calls secret, in a field that is not known to hold none. */
  static readonly WITHHELD = new Veiled('withheld', '');

  static sensitive(value: unknown): Veiled {
    const mark = createHmac('sha256', MARKING_KEY)
      .update(JSON.stringify([value]))
      .digest('hex');
    return new Veiled('sensitive', mark);
  }

  toString(): string {
    return WORDS[this.kind];
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Attributes that hold a secret whatever their provider says about them. */
const SECRET_NAME =
  /(^|_)(password|passwd|passphrase|secret|secret_id|secret_string|token|private_key|access_key|secret_key|api_key|webhook(_url)?|credentials?|data_json|plaintext_value)(_wo)?$/i;

/** No provider nests values deeper. */
const DEEPEST = 100;

/**
 * Veils a value.
 *
 * @param sensitive as in `after_sensitive`: `true`, or the tree of what is. Given several trees, what any of them marks
 * is veiled.
 * @param unknown as in `after_unknown`.
 * @throws RangeError when it is nested too deeply to be a provider's.
 */
export function veil(
  value: unknown,
  sensitive: readonly unknown[],
  unknown: unknown = false,
  name = '',
  depth = 0,
): Value {
  if (depth > DEEPEST) throw new RangeError('values are nested too deeply');
  if (unknown === true) return Veiled.UNKNOWN;
  if (sensitive.includes(true) && !isNothing(value)) return Veiled.sensitive(value);
  if (Array.isArray(value) || Array.isArray(unknown)) {
    const items = Array.isArray(value) ? (value as unknown[]) : [];
    const length = Math.max(items.length, Array.isArray(unknown) ? unknown.length : 0);
    // Items of a set have no place of their own: a mark of one is a mark of all.
    const marks = sensitive.flatMap((tree) => (Array.isArray(tree) ? (tree as unknown[]) : []));
    return Array.from({ length }, (_, index) =>
      veil(items[index], marks, part(unknown, index), name, depth + 1),
    );
  }
  if (isRecord(value) || isRecord(unknown)) {
    const names = new Set([...Object.keys(record(value)), ...Object.keys(record(unknown))]);
    return Object.fromEntries(
      [...names].map((key) => {
        const marks = sensitive.map((tree) => part(tree, key));
        return [key, veil(own(record(value), key), marks, part(unknown, key), key, depth + 1)];
      }),
    );
  }
  if (typeof value !== 'string') return (value ?? null) as Value;
  return value !== '' && SECRET_NAME.test(name) ? Veiled.sensitive(value) : value;
}

/** Providers write "not set" as null, as an empty text or as an empty list, not always in the same way. */
export function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  if (value instanceof Veiled || typeof value !== 'object') return false;
  return Object.keys(value).length === 0;
}

/** Whether two values are equal; two secrets are, if their marks are. An unknown value equals nothing. */
export function same(one: Value | undefined, other: Value | undefined): boolean {
  if (isNothing(one) && isNothing(other)) return true;
  if (one instanceof Veiled || other instanceof Veiled) {
    return (
      one instanceof Veiled && other instanceof Veiled && one.kind === 'sensitive' && one.mark === other.mark
    );
  }
  if (isRecord(one) && isRecord(other)) {
    const names = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...names].every((name) => same(own(one, name) as Value, own(other, name) as Value));
  }
  if (Array.isArray(one) && Array.isArray(other)) {
    return (
      one.length === other.length && one.every((item, index) => same(item as Value, other[index] as Value))
    );
  }
  return one === other;
}

/** Whether it, or a part of it, is known only after the apply. */
export function hasUnknown(value: unknown): boolean {
  if (value instanceof Veiled) return value.kind === 'unknown';
  return typeof value === 'object' && value !== null && Object.values(value).some(hasUnknown);
}

/** A value in a sentence. */
export function show(value: Value | undefined): string {
  if (isNothing(value)) return 'nothing';
  if (value instanceof Veiled) return value.toString();
  // The mark of a number that is kept as it was written: `parseExactly()`.
  return typeof value === 'string' ? value.replace(/^\0/, '') : JSON.stringify(value);
}

/** A number, also one that is kept as it was written, or given as a text; NaN where it is none. */
export function numberOf(value: Value | undefined): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value !== '' ? Number(value.replace(/^\0/, '')) : NaN;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Veiled);
}

/** A member that an object has itself: names in a plan may be those of JavaScript's own, such as `constructor`. */
export function own<T>(object: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function part(marks: unknown, key: string | number): unknown {
  if (marks === true) return true;
  return typeof marks === 'object' && marks !== null
    ? own(marks as Record<string | number, unknown>, String(key))
    : undefined;
}
