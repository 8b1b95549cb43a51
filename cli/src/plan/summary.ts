import type { Change } from './change';
import { digestOf, normalized, type PlannedChange } from './digest';
import { worst, type Grade } from './grade';
import { judgeChange, type JudgedChange } from './judge-change';

export interface Counts {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly forget: number;
  readonly import: number;
}

/** A plan of one stack: `judged` is for people, `digest` for the deploy. Holds no secret. */
export interface StackSummary {
  readonly stack: string;
  readonly digest: string;
  readonly grade: Grade;
  readonly counts: Counts;
  readonly judged: readonly JudgedChange[];
  /** The changes that the digest is made from. */
  readonly changes: readonly PlannedChange[];
}

export async function summarize(stack: string, changes: readonly Change[]): Promise<StackSummary> {
  const judged = await Promise.all(changes.map(judgeChange));
  const planned = normalized(changes);
  return {
    stack,
    digest: digestOf(stack, planned),
    grade: worst(judged.map(({ grade }) => grade)),
    counts: countsOf(changes),
    judged,
    changes: planned,
  };
}

function countsOf(changes: readonly Change[]): Counts {
  const counts = { create: 0, update: 0, replace: 0, delete: 0, forget: 0, import: 0 };
  for (const { action } of changes) counts[action] += 1;
  return counts;
}

/** `2 to create, 1 to destroy`. */
export function describeCounts(counts: Counts): string {
  const words = {
    create: 'create',
    update: 'change',
    replace: 'replace',
    delete: 'destroy',
    forget: 'forget',
    import: 'import',
  };
  const parts = Object.entries(words).flatMap(([action, word]) => {
    const count = counts[action as keyof Counts];
    return count > 0 ? [`${count} to ${word}`] : [];
  });
  return parts.join(', ') || 'no change';
}

/** A remark and the resource that it is about: one line of every rendering. */
export interface Line {
  readonly grade: Grade;
  readonly subject: string;
  readonly sentence: string;
  readonly address: string;
}

/** The remarks of a plan, worst first. */
export function linesOf({ judged }: StackSummary): Line[] {
  const order: readonly Grade[] = ['danger', 'unknown', 'notice', 'routine'];
  const lines = judged.flatMap(({ noun, address, remarks }) =>
    remarks.map(({ grade, sentence }) => ({ grade, subject: noun, sentence, address })),
  );
  return order.flatMap((grade) => lines.filter((line) => line.grade === grade));
}
