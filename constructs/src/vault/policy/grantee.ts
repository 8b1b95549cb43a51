import { Policy } from '@cdktf/provider-vault/lib/policy';
import { Lazy, Token } from 'cdktf';
import type { Construct } from 'constructs';
import { knownAs } from '../../core';
import { refuseCollisions } from '../collisions';
import { policyDocument, type PolicyRule } from './policy-document';

/** Whatever policy rules can be granted to: {@link AppRoleLogin}, {@link AwsIdentityLogin}, {@link SupportAccess}. */
export interface Grantee {
  /** Adds `rules` to what its tokens may do. */
  grant(...rules: readonly PolicyRule[]): void;
}

/**
 * Makes the policy of a grantee. It is written when the stack is synthesized, so that `rules` may still grow.
 *
 * @returns the policy's name, by reference.
 */
export function policyOf(scope: Construct, name: string, rules: readonly PolicyRule[]): string {
  refuseCollisions(scope);
  const policy = new Policy(scope, 'policy', {
    name,
    policy: Token.asString(Lazy.stringValue({ produce: () => policyDocument(rules) })),
  });
  return knownPolicy(policy, name).name;
}

/** Vault lower-cases the names of policies, so that it does not matter how a name is written. */
export function knownPolicy(policy: Policy, name: string): Policy {
  return knownAs(policy, name.toLowerCase());
}
