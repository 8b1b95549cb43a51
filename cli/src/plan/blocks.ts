/** Blocks of HCL: a plan has each kind of them as a list. */
import { isRecord, type Value } from './values';

export type Block = Record<string, Value>;

export function blocksOf(value: Value | undefined): Block[] {
  return (Array.isArray(value) ? value.flat(Infinity) : []).filter(isRecord) as Block[];
}

/** The one block of its kind that a resource has; without it, an empty one. */
export function blockOf(value: Value | undefined): Block {
  return blocksOf(value)[0] ?? {};
}
