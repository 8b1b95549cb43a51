import type { Rule } from '../rule';
import {
  allowedActions,
  deployEnvironment,
  proposedFile,
  repository,
  ruleset,
  secretInRepository,
  workflowToken,
} from './repository';

export const GITHUB_RULES: readonly Rule[] = [
  allowedActions,
  deployEnvironment,
  proposedFile,
  repository,
  ruleset,
  secretInRepository,
  workflowToken,
];
