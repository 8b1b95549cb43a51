import type { LbListenerRuleAction, LbListenerRuleCondition } from '@cdktf/provider-aws/lib/lb-listener-rule';
import type { Inputs } from '../../core/naming/collisions';
import { isLater } from '../../core/props/later';

/**
 * What a listener's rule forwards, each path of each host: of two rules that forward the same, the second gets nothing. Of a
 * rule that asks for more, does more, or is known only at the apply, nothing is said.
 */
export function forwardedBy({ conditionInput, actionInput }: Inputs): readonly string[] {
  const [action, ...more] = listOf(actionInput) as readonly LbListenerRuleAction[];
  if (action?.type !== 'forward' || more.length > 0) return [];
  const asked: Record<string, readonly string[]> = {};
  for (const condition of listOf(conditionInput) as readonly LbListenerRuleCondition[]) {
    const [part, ...rest] = Object.entries(condition).filter(([, one]) => one !== undefined);
    const values = valuesOf(part?.[1]);
    if (part === undefined || rest.length > 0 || part[0] in asked || values === undefined) return [];
    asked[part[0]] = values;
  }
  const { hostHeader = ['any host'], pathPattern = ['any path'], ...others } = asked;
  if (Object.keys(asked).length === 0 || Object.keys(others).length > 0) return [];
  // Hosts are the same in either case, paths are not.
  const hosts = new Set(hostHeader.map((host) => host.toLowerCase()));
  return [...hosts].flatMap((host) => [...new Set(pathPattern)].map((path) => `${path} of ${host}`));
}

function listOf(given: unknown): readonly unknown[] {
  return Array.isArray(given) ? given : [];
}

/** The values of a condition that has nothing but these. */
function valuesOf(condition: unknown): readonly string[] | undefined {
  const { values, ...others } = (condition ?? {}) as { values?: unknown };
  const isMore = Object.values(others).some((other) => other !== undefined);
  return Array.isArray(values) && !isLater(values) && !values.some(isLater) && !isMore
    ? (values as string[])
    : undefined;
}
