import fc from 'fast-check';
import { definePolicy } from '@portcullis/runtime/policy';
import { throttle } from '../../../../../constructs/src/aws/gateway/throttle';

const limit = fc.record({
  limit: fc.integer({ min: 100, max: 100_000 }),
  window: fc.constantFrom('1s', '1m'),
});
const windows = fc.uniqueArray(limit, { minLength: 1, selector: ({ window }) => window });

it('admits at once, and in the long run, what every tier allows to that many clients', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('free', 'pro', 'enterprise'), windows, { minKeys: 1 }),
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 1, max: 500 }),
      (tiers, cost, clients) => {
        const policy = definePolicy({
          name: 'orders',
          issuer: 'https://auth.example.com',
          audience: 'orders',
          tiers: tiers,
          defaultTier: Object.keys(tiers)[0] ?? '',
          routes: [{ method: 'GET', path: '/orders', cost }],
          lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
        });
        const { rate, burst } = throttle(policy, { cost }, clients);
        for (const limits of Object.values(policy.tiers)) {
          const calls = (units: number): number => Math.floor(units / Math.max(cost, 1)) * clients;
          const atOnce = calls(Math.min(...limits.map((one) => one.limit)));
          expect(burst).toBeGreaterThanOrEqual(atOnce);
          for (const seconds of [60, 3_600]) {
            const allowed = Math.min(
              ...limits.map((one) => calls(one.limit) * Math.ceil(seconds / one.windowSeconds)),
            );
            expect(rate * seconds + burst).toBeGreaterThanOrEqual(allowed);
          }
        }
      },
    ),
  );
});
