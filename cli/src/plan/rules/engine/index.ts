/** What the engine itself has: it changes nothing but the state. */
import { changed, harmless, ofChanges } from '../attribute-judges';
import type { Rule } from '../rule';

/** A value that the state keeps for others, which show its change themselves. */
const data: Rule = {
  types: ['terraform_data'],
  noun: ({ address }) => address,
  attributes: {
    id: harmless,
    input: changed('value'),
    output: harmless,
    triggers_replace: changed('what replaces it'),
  },
};

/** An output: the state keeps it, and every log shows it unless it is marked as secret. */
const output: Rule = {
  types: ['output'],
  noun: ({ address }) => address,
  attributes: {
    value: changed('value'),
    secret: ofChanges((_, after) =>
      after === true
        ? { grade: 'notice', sentence: 'is marked as secret' }
        : { grade: 'danger', sentence: 'is no longer marked as secret: every log shows it' },
    ),
  },
};

export const ENGINE_RULES: readonly Rule[] = [data, output];
