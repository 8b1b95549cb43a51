import type { Change } from '../change';
import { API_RULES } from './api';
import { AWS_RULES } from './aws';
import { ENGINE_RULES } from './engine';
import { GITHUB_RULES } from './github';
import type { Rule } from './rule';
import { VAULT_RULES } from './vault';

/** Every rule. The first that fits a resource is asked. */
export const RULES: readonly Rule[] = [
  ...API_RULES,
  ...VAULT_RULES,
  ...GITHUB_RULES,
  ...AWS_RULES,
  ...ENGINE_RULES,
];

/** The rule for a resource, if there is one. */
export function ruleFor(change: Change): Rule | undefined {
  return RULES.find(({ types, applies }) => types.includes(change.type) && (applies?.(change) ?? true));
}
