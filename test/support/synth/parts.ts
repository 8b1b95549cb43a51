/** Every part of every prop of every construct: what tests spoil, one at a time. */
import { Construct } from 'constructs';
import { OBJECTS, RIGHT } from './right-props';
import { stackIn } from './synthesize';

type Props = Record<string, unknown>;
export type Path = readonly (string | number)[];

/** Every part of some props, the whole of an object or a list among them. */
function partsOf(value: unknown, path: Path): Path[] {
  if (value === undefined) return [];
  if (value instanceof Construct || isInternal(value)) return [];
  const all = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  // Of a list, the items are alike.
  const inside = Array.isArray(value) ? all.slice(0, 2) : all;
  const keyOf = (key: string): string | number => (Array.isArray(value) ? Number(key) : key);
  return [path, ...inside.flatMap(([key, part]) => partsOf(part, [...path, keyOf(key)]))];
}

/** Secrets, policies and regular expressions are no data. */
const isInternal = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.getPrototypeOf(value) !== Object.prototype;

const textOf = (path: Path): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .slice(1);

export function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((part, key) => (part as Props)[key], value);
}

export function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const copy: Props = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as Props) }) as Props;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

/** Of every construct: its name, the part as text (`place.region`) and as a path. */
export function everyPart(): [name: string, where: string, path: Path][] {
  return Object.entries(RIGHT).flatMap(([name, [, right]]) =>
    Object.entries(right(stackIn()))
      .filter(([prop]) => !OBJECTS.test(prop))
      .flatMap(([prop, value]) => partsOf(value, [prop]))
      .map((path): [string, string, Path] => [name, textOf(path), path]),
  );
}
