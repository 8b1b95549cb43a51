import { worst, type Grade } from '../plan/grade';
import { CHECKS, type Result } from './checks';

/** As of a plan: what was not looked at is unknown, never routine. */
export function gradeOf({ check, outcome }: Result): Grade {
  if (outcome === 'verified') return 'routine';
  return outcome === 'unverified' ? 'unknown' : CHECKS[check].grade;
}

export function gradeOfAll(results: readonly Result[]): Grade {
  return results.length === 0 ? 'unknown' : worst(results.map(gradeOf));
}

export function countsOf(results: readonly Result[]): Readonly<Record<Result['outcome'], number>> {
  const count = (outcome: Result['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length;
  return { verified: count('verified'), deviates: count('deviates'), unverified: count('unverified') };
}
