/** The limits that a policy holds a call to: which of them can refuse it, in calls. */
import { ANONYMOUS_TIER, enforced, type Limit, type Policy, type Route } from '@portcullis/runtime/policy';
import type { Caller } from '../change';

export interface Held {
  /** The most calls of this route in any window; `Infinity` where they cost nothing. */
  readonly calls: number;
  readonly windowSeconds: number;
  /** By whose key values calls are counted: who has the same ones shares it. */
  readonly keys: readonly string[];
}

/** None where nothing can refuse the call. */
export function heldTo(policy: Policy, route: Route, caller: Caller): Held[] {
  if (route.shadow === true) return [];
  const tier = tierOf(policy, route, caller);
  if (tier === undefined) return [];
  return [...enforced(policy.tiers[tier] ?? []), ...enforced(route.limits ?? [])].map((limit) => ({
    calls: route.cost === 0 ? Infinity : Math.floor(limit.limit / route.cost),
    windowSeconds: limit.windowSeconds,
    keys: route.public ? keysOfNetworks(limit) : keysOf(limit),
  }));
}

/** The tier whose limits a call is held to; none where it is not counted. */
export function tierOf(policy: Policy, route: Route, caller: Caller): string | undefined {
  if (route.public) return route.limit && ANONYMOUS_TIER in policy.tiers ? ANONYMOUS_TIER : undefined;
  const named = caller.kind === 'token' ? caller.tier : undefined;
  return named !== undefined && Object.hasOwn(policy.tiers, named) ? named : policy.defaultTier;
}

function keysOf({ by = ['organisation'] }: Limit): string[] {
  return [...new Set(by.map(nameOf))].sort();
}

/** On public routes nobody is asked who they are: each key but an app's own stands for the network. */
function keysOfNetworks({ by = [] }: Limit): string[] {
  const functions = by.flatMap((key) => (typeof key === 'object' && 'function' in key ? [nameOf(key)] : []));
  return [
    ...new Set([...(functions.length === by.length && by.length > 0 ? [] : ['address']), ...functions]),
  ].sort();
}

function nameOf(key: NonNullable<Limit['by']>[number]): string {
  if (typeof key === 'string') return key;
  return 'claim' in key ? `claim:${key.claim}` : `function:${key.function}`;
}
