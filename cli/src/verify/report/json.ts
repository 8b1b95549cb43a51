import type { Result } from '../checks';
import { countsOf, gradeOf, gradeOfAll } from '../grade';

export function renderJson(results: readonly Result[]): string {
  const graded = results.map((result) => ({ ...result, grade: gradeOf(result) }));
  return `${JSON.stringify({ grade: gradeOfAll(results), counts: countsOf(results), results: graded }, undefined, 2)}\n`;
}
