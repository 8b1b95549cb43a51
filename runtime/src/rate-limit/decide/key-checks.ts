import type { LimitKey, Policy, Problem } from '../../policy';
import { allCallLimits } from './call-limits';
import { limitPlan, type TierPlan } from './limit-plan';

/** What a limiter can do of what the policy's limits count by. */
export interface KeyAbilities {
  /** Whether counters live in the slots of a Redis Cluster, where one script sees one slot. */
  readonly clustered: boolean;
  /** Whether it is stated which proxies are in front of the app. */
  readonly knowsAddresses: boolean;
  /** The names of the functions that it was given. */
  readonly functions: readonly string[];
}

/** What keeps a limiter from counting as the policy says, each with its place and remedy. */
export function keyProblems(
  policy: Policy,
  { clustered, knowsAddresses, functions }: KeyAbilities,
): Problem[] {
  return allCallLimits(policy, limitPlan(policy)).flatMap(({ path, limits }) => {
    const keys = (limits.counted?.of ?? []).flatMap(({ by }) => by);
    const problems: Problem[] = [];
    if (keys.includes('address') && !knowsAddresses)
      problems.push({
        path: 'trustedProxies',
        message: `expected the proxies in front of the app (0 for none): ${path} counts by address`,
      });
    for (const name of functionsOf(keys))
      if (!functions.includes(name))
        problems.push({
          path: `keys.${name}`,
          message: `expected a function: ${path} counts by what it gives`,
        });
    const outer = outerKeys(limits);
    if (clustered && outer.length > 1)
      problems.push({
        path,
        message: `counts by ${outer.join(' and ')}, which a Redis Cluster keeps in different slots: count one within the other, as by: ['organisation', 'client'], or use one Redis`,
      });
    return problems;
  });
}

function functionsOf(keys: readonly LimitKey[]): string[] {
  return keys.flatMap((key) => (typeof key === 'object' && 'function' in key ? [key.function] : []));
}

/** The outermost keys of a call's counters: what decides their slots. */
function outerKeys({ counted }: TierPlan): string[] {
  const names = (counted?.of ?? []).flatMap(({ by: [outer] }) => (outer === undefined ? [] : [shown(outer)]));
  return [...new Set(names)];
}

function shown(key: LimitKey): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}
