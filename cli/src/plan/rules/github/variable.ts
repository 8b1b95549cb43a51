import { harmless, reviewed } from '../attribute-judges';
import { named, type Rule } from '../rule';

/** Variables hold no secret, but decide what jobs do: what is scanned, by which image. */
export const variableOfJobs: Rule = {
  types: ['github_actions_variable', 'github_actions_environment_variable'],
  noun: named('variable of jobs', 'variable_name'),
  attributes: {
    repository: harmless,
    environment: harmless,
    variable_name: reviewed('name'),
    value: reviewed('value'),
  },
};
