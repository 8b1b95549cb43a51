import { nameWithin } from '@portcullis/constructs';
import fc from 'fast-check';
import { runs } from '../../../../support/fuzzing';

const part = fc.stringMatching(/^[a-z](-?[a-z0-9]){0,60}$/);
const parts = fc.array(part, { minLength: 1, maxLength: 4 });

it('joins what fits, as it is', () => {
  expect(nameWithin(64, 'orders', 'prod', 'task', 'eu-central-1')).toBe('orders-prod-task-eu-central-1');
  expect(nameWithin(6, 'orders')).toBe('orders');
});

it('cuts what does not, and ends it in a digest of the whole', () => {
  const name = nameWithin(27, 'international-payments-api', 'production');
  expect(name).toMatch(/^international-paym-[0-9a-f]{8}$/);
  expect(name).toHaveLength(27);
  expect(nameWithin(27, 'international-payments-api', 'production-eu')).not.toBe(name);
});

it('makes names of the same characters as their parts, never too long, and two of what differs', () => {
  fc.assert(
    fc.property(parts, parts, fc.integer({ min: 12, max: 64 }), (one, other, longest) => {
      const [name, beside] = [nameWithin(longest, ...one), nameWithin(longest, ...other)];
      expect(name.length).toBeLessThanOrEqual(longest);
      expect(name).toMatch(/^[a-z](-?[a-z0-9])*$/);
      expect(name === beside).toBe(one.join('-') === other.join('-'));
    }),
    { numRuns: runs(3_000) },
  );
});
