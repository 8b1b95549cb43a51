import { Policy } from '@cdktf/provider-vault/lib/policy';
import { Lazy, Token } from 'cdktf';
import type { Construct } from 'constructs';
import { isIP } from 'node:net';
import { ConstructError } from '../../core';
import { policyDocument, type PolicyRule } from './policy-document';

/** What every token must do for itself, and nothing of the default policy beyond it. */
export const OWN_TOKEN: readonly PolicyRule[] = [
  { path: 'auth/token/lookup-self', capabilities: ['read'], reason: 'is my token still valid' },
  { path: 'auth/token/renew-self', capabilities: ['update'], reason: 'keep my token alive' },
  { path: 'auth/token/revoke-self', capabilities: ['update'], reason: 'leave nothing behind at shutdown' },
];

/** A policy of the rules that there are when the stack is synthesized. @returns its name, by reference */
export function policyOf(scope: Construct, name: string, rules: readonly PolicyRule[]): string {
  return new Policy(scope, 'policy', {
    name,
    policy: Token.asString(Lazy.stringValue({ produce: () => policyDocument(rules) })),
  }).name;
}

/** @throws ConstructError `ERR_CIDR` */
export function cidrs(scope: Construct, blocks: readonly string[]): string[] {
  for (const block of blocks) {
    const [address = '', bits = ''] = block.split('/');
    const family = isIP(address);
    if (family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)) continue;
    throw new ConstructError(
      'ERR_CIDR',
      scope,
      `received ${JSON.stringify(block)} as an address range; give CIDR notation such as "10.0.0.0/16"`,
    );
  }
  return [...blocks];
}
