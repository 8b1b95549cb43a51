/** The single values inside an attribute, each with where it stands. */
import { isNothing, isRecord, type Value, Veiled } from '../values';

export type Scalar = string | number | boolean | Veiled;

export interface Leaf {
  /** As in `ingress.cidr_blocks`: without indexes, because sets have none. */
  readonly path: string;
  /** The last part of the path, lower case. */
  readonly name: string;
  readonly value: Scalar;
}

/** @param path of the value, as in `ingress`. */
export function leavesOf(value: Value | undefined, path: string): Leaf[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value))
    return (value as readonly Value[]).flatMap((item) =>
      // A block without a word in it says something by being there, as `access_config {}` does.
      isRecord(item) && isNothing(item) ? [leafOf(path, EMPTY)] : leavesOf(item, path),
    );
  if (isRecord(value)) {
    return Object.entries(value).flatMap(([name, part]) => leavesOf(part, `${path}.${name}`));
  }
  if (isNothing(value)) return [];
  return [leafOf(path, value as Scalar)];
}

/** Stands for a block that is empty. */
const EMPTY = '{}';

function leafOf(path: string, value: Scalar): Leaf {
  return { path, name: path.slice(path.lastIndexOf('.') + 1).toLowerCase(), value };
}

export function identityOf({ path, value }: Leaf): string {
  return `${path} ${keyOf(value)}`;
}

/** Unknown values are equal to none; two veiled ones are equal if their marks are. */
export function keyOf(value: Scalar): string {
  if (!(value instanceof Veiled)) return JSON.stringify(value);
  return value.kind === 'sensitive' ? `veiled ${value.mark}` : `unknown ${Math.random()}`;
}
