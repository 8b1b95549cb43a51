import { LeasedSecret } from '../../../../runtime/src/secrets/lease/leased-secret';
import { manualClock } from '../../../support/clock';

const lender = {
  ready: () => Promise.resolve(),
  refused: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

test('a grace that is cut short leaves no timer: it would keep the process that shuts down', async () => {
  const clock = manualClock();
  const secret = new LeasedSecret<string>(lender, clock, 'reports');
  const [first, second] = await Promise.all(
    ['first', 'second'].map((value) =>
      secret.prepare({ user: value, value, obtainedAt: 0, ttlMs: 3_600_000 }),
    ),
  );
  first!.activate();
  second!.activate();
  void first!.drain(3_000_000);
  expect(clock.pending()).toBe(1);
  await first!.close();
  expect(clock.pending()).toBe(0);
});
