import { compareVaultPolicies } from '../../content/vault-policy';
import { harmless } from '../attribute-judges';
import { named, type Rule } from '../rule';

export const vaultPolicy: Rule = {
  types: ['vault_policy'],
  noun: named('policy', 'name'),
  destroyed: { grade: 'danger', loses: 'whoever has it can no longer do what it allows' },
  attributes: { name: harmless, policy: harmless },
  remarks: async ({ before, after, action }) =>
    action === 'delete' || action === 'forget' ? [] : compareVaultPolicies(before.policy, after.policy),
};
