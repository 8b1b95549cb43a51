/**
 * How much a change asks of its reviewer, from least to most:
 *
 * - `routine`: nothing that protects anything changes.
 * - `notice`: security-relevant, but no weaker than before. Read it.
 * - `unknown`: known only after the apply, or explained neither by a rule for its kind nor by its content.
 * - `danger`: protects less than before, or destroys what cannot be had back.
 */
export const GRADES = ['routine', 'notice', 'unknown', 'danger'] as const;

export type Grade = (typeof GRADES)[number];

export function isGrade(text: string): text is Grade {
  return (GRADES as readonly string[]).includes(text);
}

/** Exit codes of `portcullis plan`; 1 is a failure of the command itself. */
export const EXIT_CODES: Readonly<Record<Grade, number>> = { routine: 0, notice: 2, unknown: 3, danger: 4 };

export function worst(grades: readonly Grade[]): Grade {
  return GRADES[Math.max(0, ...grades.map((grade) => GRADES.indexOf(grade)))] ?? 'routine';
}

/** Something about a change, in words. */
export interface Remark {
  readonly grade: Grade;
  readonly sentence: string;
}

/** How code scanning shows a grade (SARIF 2.1.0 §3.27.10). */
export const SARIF_LEVELS: Readonly<Record<Grade, string>> = {
  danger: 'error',
  unknown: 'warning',
  notice: 'note',
  routine: 'none',
};
