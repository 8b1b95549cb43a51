/**
 * Two versions of a policy, compared by what they decide. The requests are cut into cells that each version treats alike,
 * and in each cell every kind of caller is tried with every set of scopes that can make a difference, in every tier.
 */
import type { Policy } from '@portcullis/runtime/policy';
import type { PolicyChange } from '../change';
import { cellsOf } from '../paths/cells';
import { accessChanges } from './access';
import { bothLetIn, tiersOf } from './both-let-in';
import { corsChanges } from './cors';
import { LimitComparison } from './limits';
import { merged } from './merge';
import { outageChanges } from './outage';
import { revocationChanges } from './revocation';
import { tokenChanges } from './tokens';

/** Who can do what they could not, and the reverse. Empty where both policies decide every request alike. */
export function comparePolicies(was: Policy, will: Policy): PolicyChange[] {
  const policies = { was, will };
  const cells = cellsOf(was, will);
  const tiers = tiersOf(was, will);
  const limits = new LimitComparison(was, will);
  return merged([
    ...tokenChanges(policies, cells),
    ...cells.flatMap((cell) => [
      ...accessChanges(cell),
      ...bothLetIn(cell, tiers).flatMap((one) => [
        ...limits.changes(cell, one),
        ...outageChanges(policies, cell, one),
      ]),
      ...revocationChanges(cell),
    ]),
    ...corsChanges(policies, cells),
    ...nameChange(policies),
  ]);
}

/** Counters, the role and the entries in Vault have the policy's name. */
function nameChange({ was, will }: { readonly was: Policy; readonly will: Policy }): PolicyChange[] {
  if (was.name === will.name) return [];
  return [
    {
      direction: 'other',
      aspect: 'name',
      grade: 'notice',
      routes: [],
      who: ['everybody'],
      sentence: `the policy is ${was.name} → ${will.name}: all counters begin anew`,
    },
  ];
}
