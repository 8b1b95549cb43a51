import { changed, harmless, reviewed } from '../attribute-judges';
import { named, type Rule } from '../rule';

/** Variables decide what jobs do: what is scanned, by which image. Whoever takes one for a secret finds it withheld. */
export const variableOfJobs: Rule = {
  types: ['github_actions_variable', 'github_actions_environment_variable'],
  noun: named('variable of jobs', 'variable_name'),
  attributes: {
    repository: harmless,
    environment: harmless,
    variable_name: reviewed('name'),
    value: changed('value'),
  },
};
