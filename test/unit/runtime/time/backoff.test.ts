import fc from 'fast-check';
import { backoffMs, retryAt } from '../../../../runtime/src/time/backoff';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('pauses double from half a second to half a minute', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 100_000].map((failures) => backoffMs(failures, 1));
  expect(longest).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test('a caller may have others', () => {
  const pauses = { firstMs: 50, longestMs: 120 };
  expect([1, 2, 3].map((failures) => backoffMs(failures, 1, pauses))).toEqual([50, 100, 120]);
});

test('no pause is shorter than a fifth of its full length, nor longer than that', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), random, (failures, chance) => {
      const full = backoffMs(failures, 1);
      const pause = backoffMs(failures, chance);
      expect(pause).toBeGreaterThanOrEqual(full / 5);
      expect(pause).toBeLessThanOrEqual(full);
    }),
  );
});

test('no backoff sleeps over the last chance before the deadline', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      fc.integer({ min: 1, max: 60_000 }),
      fc.integer({ min: 2_000, max: 3_600_000 }),
      (now, pause, left) => {
        const at = retryAt(now, pause, now + left);
        expect(at).toBeGreaterThan(now);
        expect(at).toBeLessThanOrEqual(now + left - 1_000);
      },
    ),
  );
});
