import type { Problem } from '@portcullis/runtime/policy';
import { shown } from './checks';
import { isLater, known } from './later';

/** The problem of a guard against destruction (`prevent_destroy`). */
export function guardProblems(path: string, received: unknown): Problem[] {
  if (typeof received === 'boolean') return [];
  if (isLater(received)) return known(path, received, 'engines want the guard written out');
  return [{ path, message: `received ${shown(received)}; expected true or false` }];
}
