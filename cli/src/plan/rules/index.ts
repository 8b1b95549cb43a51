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
const PROVIDERS: Readonly<Record<string, RegExp>> = {
  aws: /(^|\/)hashicorp\/aws$/,
  github: /(^|\/)(integrations|hashicorp)\/github$/,
  vault: /(^|\/)hashicorp\/vault$/,
  terraform: /(^|\/)builtin\/terraform$/,
};

/**
 * The rule for a resource, if there is one. A provider of somebody else's that calls its kinds the same may do with them
 * what it likes: no rule knows that.
 */
export function ruleFor(change: Change): Rule | undefined {
  const [word = ''] = change.type.split('_', 1);
  if (change.provider !== undefined && own(PROVIDERS, word)?.test(change.provider) === false)
    return undefined;
  return RULES.find(({ types, applies }) => types.includes(change.type) && (applies?.(change) ?? true));
}
