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

/** What a plan of one stack says: for people in `judged`, for the deploy in `digest`. Holds no secret. */
export interface StackSummary {
  readonly stack: string;
  readonly digest: string;
  readonly grade: Grade;
  readonly counts: Counts;
  readonly judged: readonly JudgedChange[];
  /** What the digest is made of. */
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

/** A remark with what it is about, worst first: the lines of every rendering. */
export interface Line {
  readonly grade: Grade;
  readonly subject: string;
  readonly sentence: string;
  readonly address: string;
}

export function linesOf({ judged }: StackSummary): Line[] {
  const order: readonly Grade[] = ['danger', 'unknown', 'notice', 'routine'];
  const lines = judged.flatMap(({ noun, address, remarks }) =>
    remarks.map(({ grade, sentence }) => ({ grade, subject: noun, sentence, address })),
  );
  return order.flatMap((grade) => lines.filter((line) => line.grade === grade));
}
