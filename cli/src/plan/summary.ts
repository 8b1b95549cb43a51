import type { Aside } from './asides';
import type { Change } from './change';
import { digestOf, normalized, type PlannedChange } from './digest/digest';
import type { PlannedRun } from '../workspace/planned-run';
import { programsOfRemovals } from './digest/configuration';
import { reviewable, type Reviewable } from './digest/reviewable';
import { worst, type Grade, type Remark } from './grade';
import { judgeChange, withRemarks, type JudgedChange } from './judge-change';
import { readWholePlan, type ReadPlan } from './read-plan';

export interface Counts {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly forget: number;
  readonly import: number;
  readonly move: number;
  readonly read: number;
}

/** A plan of one stack: `judged` is for people, `digest` for the deploy. Holds no secret. */
export interface StackSummary {
  readonly stack: string;
  /** Whether the plan was given as a file: `portcullis deploy` applies none of those. */
  readonly isForeign: boolean;
  /** Null where the plan cannot be reviewed: `refused` says why. */
  readonly digest: string | null;
  readonly refused: readonly string[];
  /** What the digest is made from besides the changes: see `reviewable()`. */
  readonly fingerprint: string | null;
  readonly grade: Grade;
  readonly counts: Counts;
  readonly judged: readonly JudgedChange[];
  /** What the plan says besides: drift that it puts back, checks that do not hold. */
  readonly asides: readonly Aside[];
  /** The changes as they may be shown; the digest is made from them too. */
  readonly changes: readonly PlannedChange[];
}

/** Judges changes besides: by the rules of a team. What it finds can raise the grade of a change, and lower none. */
export type SecondJudge = (changes: readonly Change[]) => Promise<ReadonlyMap<Change, readonly Remark[]>>;

const nobody: SecondJudge = () => Promise.resolve(new Map());

/** @param basis what the digest is made from. @default there is none */
export async function summarize(
  stack: string,
  changes: readonly Change[],
  basis: Reviewable = { refused: ['nothing says what it was planned with'] },
  second: SecondJudge = nobody,
  asides: readonly Aside[] = [],
): Promise<StackSummary> {
  const found = await second(changes);
  const judged = await Promise.all(
    changes.map(async (change) => withRemarks(await judgeChange(change), found.get(change) ?? [])),
  );
  const planned = normalized(changes);
  const fingerprint = 'fingerprint' in basis ? basis.fingerprint : null;
  return {
    stack,
    isForeign: false,
    digest: fingerprint === null ? null : digestOf(stack, planned, fingerprint),
    refused: 'refused' in basis ? basis.refused : [],
    fingerprint,
    grade: worst([...judged, ...asides].map(({ grade }) => grade)),
    counts: countsOf(changes),
    judged,
    asides,
    changes: planned,
  };
}

/** Summarizes what the workspace planned. @throws PortcullisError `ERR_PLAN_UNREADABLE` */
export async function summarizeRun(
  stack: string,
  run: PlannedRun,
  second?: SecondJudge,
): Promise<StackSummary> {
  const basis = reviewable(run);
  const { changes, asides } = readWholePlan(run.plan, programsOfRemovals(run.configuration));
  return summarize(stack, changes, basis, second, asides);
}

/** Summarizes the plan of somebody else's engine. It has no digest, and nobody asks for one. */
export async function summarizeForeign(
  name: string,
  { changes, asides }: ReadPlan,
  second?: SecondJudge,
): Promise<StackSummary> {
  return { ...(await summarize(name, changes, { refused: [] }, second, asides)), isForeign: true };
}

function countsOf(changes: readonly Change[]): Counts {
  const counts = { create: 0, update: 0, replace: 0, delete: 0, forget: 0, import: 0, move: 0, read: 0 };
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
    move: 'move',
    read: 'read',
  };
  const parts = Object.entries(words).flatMap(([action, word]) => {
    const count = counts[action as keyof Counts];
    return count > 0 ? [`${count} to ${word}`] : [];
  });
  return parts.join(', ') || 'no change';
}

/** Addresses of what is destroyed and cannot be had back. */
export function destroyedForGood({ judged }: StackSummary): string[] {
  return judged.filter(({ destroysForGood }) => destroysForGood).map(({ address }) => address);
}

/** A remark and the resource that it is about: one line of every rendering. */
export interface Line {
  readonly grade: Grade;
  readonly subject: string;
  readonly sentence: string;
  readonly address: string;
}

/** The remarks of a plan, worst first. */
export function linesOf({ judged, asides }: Pick<StackSummary, 'judged' | 'asides'>): Line[] {
  const order: readonly Grade[] = ['danger', 'unknown', 'notice', 'routine'];
  const lines = judged.flatMap(({ noun, address, remarks }) =>
    remarks.map(({ grade, sentence }) => ({ grade, subject: noun, sentence, address })),
  );
  lines.push(...asides.map((aside) => ({ ...aside, subject: aside.address })));
  return order.flatMap((grade) => lines.filter((line) => line.grade === grade));
}
