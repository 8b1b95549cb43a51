import type { z } from 'zod';
import { withCode } from '../coded-message';

/** One thing that is wrong in a configuration value. */
export interface Problem {
  /** Where it is, as in `routes[2].cost`. */
  readonly path: string;
  /** What was expected, and what to do about it. Never holds a secret. */
  readonly message: string;
}

/** Lists every problem on a line of its own, so that one attempt shows all there is to mend. */
export function describeProblems(subject: string, problems: readonly Problem[]): string {
  const lines = problems.map(({ path, message }) => `  ${path || '(root)'}: ${message}`);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return [`${subject} has ${count}`, ...lines].join('\n');
}

/** What zod found wrong, with its path as one would write it: `routes[2].cost`. */
export function toProblem(issue: z.core.$ZodIssue): Problem {
  const path = issue.path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part),
    '',
  );
  return { path, message: issue.message };
}

/**
 * The problems of a value that may have several shapes are those of the shape that it was meant to have: of the one
 * that is wrong inside, where the others are not even of its type.
 */
export function toProblems(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code !== 'invalid_union') return [toProblem(issue)];
  const meant = issue.errors.find((issues) => issues.some(({ path }) => path.length > 0));
  const issues = meant ?? issue.errors.find(([first]) => first?.code !== 'invalid_type');
  if (issues === undefined) return [toProblem(issue)];
  return issues.flatMap((inner) => toProblems({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** Thrown by `definePolicy()`: the policy is invalid. `problems` lists all that is wrong. */
export class PolicyError extends Error {
  readonly code = 'ERR_POLICY_INVALID';
  override readonly name = 'PolicyError';

  constructor(readonly problems: readonly Problem[]) {
    super(withCode('ERR_POLICY_INVALID', describeProblems('the policy', problems)));
  }
}
