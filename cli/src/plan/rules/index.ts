import type { Change } from '../change';
import { API_RULES } from './api';
import { AWS_RULES } from './aws';
import { ENGINE_RULES } from './engine';
import { GITHUB_RULES } from './github';
import type { Rule } from './rule';
import { own } from '../values';
import { VAULT_RULES } from './vault';

/** Every rule. The first that fits a resource is asked. */
export const RULES: readonly Rule[] = [
  ...API_RULES,
  ...VAULT_RULES,
  ...GITHUB_RULES,
  ...AWS_RULES,
  ...ENGINE_RULES,
];

/** The providers whose kinds the rules know, by the word that these begin with. */
const PROVIDERS: Readonly<Record<string, readonly string[]>> = {
  aws: ['hashicorp/aws'],
  github: ['integrations/github', 'hashicorp/github'],
  vault: ['hashicorp/vault'],
  terraform: ['builtin/terraform'],
};

/** Who says which provider has a name: the registries of both engines, and these themselves. A mirror changes no name. */
const REGISTRIES = /^(?:registry\.(?:terraform\.io|opentofu\.org)|terraform\.io(?=\/builtin\/))\//;

/**
 * The rule for a resource, if there is one. A provider of somebody else's that calls its kinds the same may do with them
 * what it likes: no rule knows that.
 */
export function ruleFor(change: Change): Rule | undefined {
  if (strangerOf(change) !== undefined) return undefined;
  return RULES.find(({ types, applies }) => types.includes(change.type) && (applies?.(change) ?? true));
}

/**
 * The provider of a change, where nothing is known of it: one of another registry, or one whose kinds are called as those
 * of a provider that it is not.
 */
export function strangerOf({ type, provider }: Change): string | undefined {
  if (provider === undefined) return undefined;
  const [word = ''] = type.split('_', 1);
  const name = provider.replace(REGISTRIES, '');
  return name !== provider && own(PROVIDERS, word)?.includes(name) !== false ? undefined : provider;
}
