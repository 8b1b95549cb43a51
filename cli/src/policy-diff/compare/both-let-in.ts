/** The callers whom both policies let in, as far as limits tell them apart. */
import { ANONYMOUS_TIER, type Policy, type Route } from '@portcullis/runtime/policy';
import type { Caller, Direction, TokenCaller } from '../change';
import type { Cell } from '../paths/cells';

export interface LetIn {
  readonly was: Route;
  readonly will: Route;
  readonly caller: Caller;
  readonly who: string;
  /** A direction that the change of access has told: whoever comes in now has other limits. */
  readonly told?: Direction;
}

export function bothLetIn(cell: Cell, tiers: readonly (string | undefined)[]): LetIn[] {
  const { was, will } = cell;
  if (was === undefined || will === undefined) return [];
  const routes = { was, will };
  if (was.public && will.public)
    return [{ ...routes, caller: { kind: 'nobody' }, who: 'anybody, without a token' }];
  const scopes = [...new Set([...will.scopes, ...was.scopes])];
  return tiers.map((tier) => ({
    ...routes,
    caller: { kind: 'token', scopes, ...(tier !== undefined && { tier }) } satisfies TokenCaller,
    who: tier === undefined ? 'tokens without a tier' : `tier ${tier}`,
    ...(will.public && { told: 'widening' as const }),
    ...(was.public && { told: 'narrowing' as const }),
  }));
}

/** Each tier that a token may name, and none. */
export function tiersOf(was: Policy, will: Policy): (string | undefined)[] {
  const names = new Set([...Object.keys(was.tiers), ...Object.keys(will.tiers)]);
  names.delete(ANONYMOUS_TIER);
  return [...names, undefined];
}
