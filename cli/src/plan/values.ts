/**
 * Values of a plan that are safe to show. A value that the engine, its name or its look calls a secret is veiled
 * before anything else sees it; a value that is not known yet says so.
 */
import { createHmac, randomBytes } from 'node:crypto';

export type Value =
  null | boolean | number | string | readonly Value[] | { readonly [attribute: string]: Value } | Veiled;

/** A key of this process alone: marks can be compared here, and nobody can guess a value from one. */
const MARKING_KEY = randomBytes(32);

/** A value that cannot be shown. Two secrets are the same if their marks are. */
export class Veiled {
  private constructor(
    readonly kind: 'unknown' | 'sensitive',
    readonly mark: string,
  ) {}

  static readonly UNKNOWN = new Veiled('unknown', '');

  static sensitive(value: unknown): Veiled {
    const mark = createHmac('sha256', MARKING_KEY)
      .update(JSON.stringify([value]))
      .digest('hex');
    return new Veiled('sensitive', mark);
  }

  toString(): string {
    return this.kind === 'unknown' ? '(known after apply)' : '(sensitive)';
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Attributes that hold a secret whatever their provider says about them. */
const SECRET_NAME =
  /(^|_)(password|passwd|passphrase|secret|secret_id|token|private_key|access_key|secret_key|api_key|webhook(_url)?|credentials?|data_json|plaintext_value)(_wo)?$/i;

/** Strings that look like a secret: Vault and GitHub tokens, AWS keys, JWTs, PEM keys, Slack webhooks. */
const SECRET_LOOK =
  /\bhv[sbr]\.|\b[sb]\.[A-Za-z0-9]{24}\b|\bgh[pousr]_[A-Za-z0-9]{16}|\bgithub_pat_|\b(AKIA|ASIA)[A-Z0-9]{16}\b|\beyJ[\w-]+\.eyJ|-----BEGIN [A-Z ]*PRIVATE KEY|hooks\.slack\.com\//;

/** User and password of a URL; Vault's own placeholder `{{password}}` is none. */
const URL_PASSWORD = /:\/\/[^/\s:@]*:(?!\{\{)[^/\s@]+@/;

/**
 * Veils a value.
 *
 * @param sensitive as in `after_sensitive`: `true`, or the tree of what is.
 * @param unknown as in `after_unknown`.
 */
export function veil(value: unknown, sensitive: unknown, unknown: unknown = false, name = ''): Value {
  if (unknown === true) return Veiled.UNKNOWN;
  if (sensitive === true && !isNothing(value)) return Veiled.sensitive(value);
  if (Array.isArray(value)) {
    return value.map((item, index) => veil(item, part(sensitive, index), part(unknown, index), name));
  }
  if (isRecord(value) || isRecord(unknown)) {
    const names = new Set([...Object.keys(record(value)), ...Object.keys(record(unknown))]);
    return Object.fromEntries(
      [...names].map((key) => [key, veil(record(value)[key], part(sensitive, key), part(unknown, key), key)]),
    );
  }
  if (typeof value !== 'string') return (value ?? null) as Value;
  const isSecret =
    value !== '' && (SECRET_NAME.test(name) || SECRET_LOOK.test(value) || URL_PASSWORD.test(value));
  return isSecret ? Veiled.sensitive(value) : value;
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
    return [...names].every((name) => same(record(one)[name] as Value, record(other)[name] as Value));
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
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Veiled);
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function part(marks: unknown, key: string | number): unknown {
  if (marks === true) return true;
  return typeof marks === 'object' && marks !== null
    ? (marks as Record<string | number, unknown>)[key]
    : undefined;
}
