import type { Change } from '../../change';
import type { Remark } from '../../grade';
import { hasUnknown, isRecord } from '../../values';
import { harmless } from '../attribute-judges';
import type { Rule } from '../rule';

/** The gate of a secret (constructs/src/core/secret-input.ts): its version, and whether a value was given. */
export const secretGate: Rule = {
  types: ['terraform_data'],
  applies: (change) => isGate(change.after) || isGate(change.before),
  noun: (change) => `secret input ${/\.([\w-]+?)__given$/.exec(change.address)?.[1] ?? change.address}`,
  created: () => ({ grade: 'routine', sentence: 'waits for its first value' }),
  destroyed: { grade: 'notice', loses: 'nothing asks for its value any more' },
  attributes: { id: harmless, output: harmless, triggers_replace: harmless, input: harmless },
  remarks: ({ action, before, after }) =>
    action === 'update' && isGate(before) && isGate(after) && before.input.version !== after.input.version
      ? [askedAgain(before, after)]
      : [],
  // The deploy has the values, a pull request has none.
  reviewable: ({ input }) => (isRecord(input) ? { version: (input as Gate['input']).version } : {}),
};

const askedAgain = (before: Gate, after: Gate): Remark => ({
  grade: 'notice',
  sentence: `asks for a new value (version ${before.input.version} → ${after.input.version})`,
});

type Gate = Change['after'] & { readonly input: { readonly version: number } };

function isGate(attributes: Change['after']): attributes is Gate {
  const { input } = attributes;
  if (!isRecord(input) || typeof input.version !== 'number') return false;
  const { value = 'given' } = input;
  return (
    Object.keys(input).every((name) => name === 'version' || name === 'value') &&
    (value === 'given' || hasUnknown(value))
  );
}
