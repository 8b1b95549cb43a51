/**
 * Problems of properties, as `refuseProps()` lists them. A value that is known only at the apply has none: what the
 * synthesis needs is asked for by `known()`.
 */
import type { Problem } from '@portcullis/runtime/policy';
import { holdsLaterList, isLater, known } from './later';

/** A host name, without a port, a user or a wildcard. */
export const HOST_NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i;

/**
 * A URL or an address with a user, a PEM, a password as a parameter, and the beginnings of tokens of Vault, AWS and GitHub
 * and of JWTs.
 */
const LOOKS_SECRET =
  /:\/\/[^/@\s]+@|[^\s/@]+:[^\s/@]+@|-----BEGIN|passw(or)?d=|^(hv[sbr]|s|b)\.[\w-]{20,}|^A[KS]IA[A-Z0-9]{16}|^gh[pousr]_|^eyJ[\w-]+\./i;

/** Whether a text may hold a secret, so that no message shows it. */
export function looksSecret(text: string): boolean {
  return LOOKS_SECRET.test(text);
}

/** A received value as messages show it: never one that may be a secret, and never a whole construct. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (isLater(value)) return 'a value that is known only at the apply';
  if (typeof value === 'string')
    return looksSecret(value) ? 'a value that looks like a secret' : JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.length === 0) return 'an empty list';
  if (Array.isArray(value))
    return value.length > 8 ? `a list of ${value.length}` : `[${value.map(shown).join(', ')}]`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** `props` without what is undefined, so that defaults stand under them. */
export function defined<T extends object>(props: T): T {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as T;
}

/** The problem of one value, unless it is `right`. */
export function unless(right: boolean, path: string, received: unknown, expected: string): Problem[] {
  if (right || isLater(received)) return [];
  return [{ path, message: `received ${shown(received)}; expected ${expected}` }];
}

/** The problem of what is no text, or does not match `pattern`. */
export function unlike(path: string, received: string, pattern: RegExp, expected: string): Problem[] {
  // Without a compiler it may be anything, and `test()` would take undefined for a word.
  const given: unknown = received;
  return unless(typeof given === 'string' && pattern.test(given), path, given, expected);
}

/** The problem of what is no whole number from `least` to `most`. */
export function wholeNumber(path: string, received: number, least: number, most: number): Problem[] {
  const right = Number.isSafeInteger(received) && received >= least && received <= most;
  return unless(right, path, received, `a whole number from ${least} to ${most}`);
}

/** The problem of what is none of `values`. */
export function noneOf(path: string, received: unknown, values: readonly unknown[]): Problem[] {
  return unless(values.includes(received), path, received, `one of ${values.map(shown).join(', ')}`);
}

/** The problems of a part of the props that may be missing: without a compiler, nothing says that it is there. */
export function within<T extends object>(
  path: string,
  part: T | undefined,
  problemsOf: (part: T) => readonly Problem[],
): readonly Problem[] {
  if (isLater(part)) return known(path, part, 'each of its parts is checked');
  if (typeof part === 'object' && (part as T | null) !== null && !Array.isArray(part))
    return problemsOf(part);
  return [{ path, message: `received ${shown(part)}; expected an object` }];
}

/** The problems of each of a list's items, by their places. A list that is known only at the apply has none. */
export function each<T>(
  path: string,
  list: readonly T[],
  problemsOf: (item: T, path: string, index: number) => readonly Problem[],
): readonly Problem[] {
  if (isLater(list)) return [];
  const given: unknown = list;
  if (!Array.isArray(given)) return [{ path, message: `received ${shown(given)}; expected a list` }];
  if (holdsLaterList(list)) {
    const message =
      'received a list that is known only at the apply among other items; expected `Fn.concat()` of the lists';
    return [{ path, message }];
  }
  return list.flatMap((item, index) => problemsOf(item, `${path}[${index}]`, index));
}

/** The problem of each item that a list has once more, where one construct is made for each. */
export function repeated<T>(
  path: string,
  list: readonly T[],
  nameOf: (item: T) => unknown = (item) => item,
): readonly Problem[] {
  if (isLater(list) || !isList(list)) return [];
  const names = list.map((item) =>
    isLater(item) || item === null || item === undefined ? undefined : nameOf(item),
  );
  return names.flatMap((name, index) =>
    name === undefined || names.indexOf(name) === index
      ? []
      : [{ path: `${path}[${index}]`, message: `received ${shown(name)} again; expected it once` }],
  );
}

/** Whether something is a list: without a compiler it may be anything. */
export function isList(given: unknown): boolean {
  return Array.isArray(given);
}

/** The problem of what is no construct of a kind, by a property that this kind has. */
export function madeAs(path: string, given: object, property: string, expected: string): Problem[] {
  const right = typeof given === 'object' && (given as object | null) !== null && property in given;
  return right ? [] : [{ path, message: `received ${shown(given)}; expected ${expected}` }];
}
