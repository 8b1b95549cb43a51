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
import { variableOfJobs } from './variable';

export const GITHUB_RULES: readonly Rule[] = [
  allowedActions,
  deployEnvironment,
  proposedFile,
  repository,
  ruleset,
  secretInRepository,
  variableOfJobs,
  workflowToken,
];
