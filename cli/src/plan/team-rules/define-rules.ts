/** What `portcullis.rules.ts` says: a team's own judgement of what a plan would change. */
import { ConfigError } from '../../config/define-config';
import type { Action } from '../change';
import { problemsOfRules } from './problems-of-rules';

/** A value that no rule may see: a secret, or one that is known only after the apply. It equals nothing. */
export interface HiddenValue {
  readonly hidden: 'sensitive' | 'unknown';
}

export type RuleValue =
  | null
  | boolean
  | number
  | string
  | HiddenValue
  | readonly RuleValue[]
  | { readonly [attribute: string]: RuleValue };

/** What a plan would do to one resource, or to one output (`type` is then `output`). */
export interface RuleChange {
  /** As in `module.shop["eu"].aws_s3_bucket.orders`. */
  readonly address: string;
  readonly type: string;
  readonly action: Action;
  /** Its attributes now; none of one that will be created. */
  readonly before: Readonly<Record<string, RuleValue>>;
  /** Its attributes afterwards; none of one that will be destroyed. */
  readonly after: Readonly<Record<string, RuleValue>>;
}

export interface RuleFinding {
  readonly grade: 'notice' | 'unknown' | 'danger';
  /** Said after the resource's name, as in `can be read by everybody`. What may not be shown is taken out of it. */
  readonly sentence: string;
}

/** A rule: what it finds, or nothing. */
export type TeamRule = (
  change: RuleChange,
) =>
  | RuleFinding
  | readonly RuleFinding[]
  | undefined
  | Promise<RuleFinding | readonly RuleFinding[] | undefined>;

export type TeamRules = Readonly<Record<string, TeamRule>>;

/**
 * What `portcullis.rules.ts` exports by default: rules by their names, in lower case with hyphens. Each gets every change of
 * a plan. It can raise the grade of one, and lower none. A rule that throws, or returns anything else than findings, leaves
 * the plan not judged.
 *
 * @throws ConfigError `ERR_CONFIG` with every problem at once.
 * @example
 * export default defineRules({
 *   'orders-are-kept': ({ address, action }) =>
 *     address.includes('orders') && action === 'delete'
 *       ? { grade: 'danger', sentence: 'is kept for ten years by law' }
 *       : undefined,
 * });
 */
export function defineRules(rules: TeamRules): TeamRules {
  const problems = problemsOfRules(rules);
  if (problems.length > 0) throw new ConfigError(problems, 'the rules');
  return rules;
}

/**
 * Whether a value is one that a rule may not see.
 *
 * @param kind @default either
 * @example
 * export default defineRules({
 *   'named-in-the-plan': ({ after }) =>
 *     isHidden(after.name, 'unknown') ? { grade: 'unknown', sentence: 'has no name yet' } : undefined,
 * });
 */
export function isHidden(value: RuleValue | undefined, kind?: HiddenValue['hidden']): value is HiddenValue {
  if (typeof value !== 'object' || value === null || !('hidden' in value)) return false;
  return kind === undefined
    ? value.hidden === 'sensitive' || value.hidden === 'unknown'
    : value.hidden === kind;
}
