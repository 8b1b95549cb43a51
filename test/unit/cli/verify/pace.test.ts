import { forecastSeconds, Pace } from '../../../../cli/src/verify/target/pace';
import type { Probe } from '../../../../cli/src/verify/probes/probe';

const probe = (cost: number, quota = 100, counter = 'the client of free', windowSeconds = 60): Probe => ({
  ...({
    check: 'let-in',
    subject: 'GET /a',
    method: 'GET',
    target: '/a',
    credentials: { is: 'none' },
  } as const),
  expected: { is: 'refused' },
  ...{ counter, cost, limits: [] },
  paced: [{ quota, windowSeconds, isOwn: true, ofRoute: false }],
});

it('spends less than a quarter of a limit in any window', () => {
  const pace = new Pace();
  let now = 0;
  const sent: number[] = [];
  for (let count = 0; count < 100; count += 1) {
    now += pace.waitMs(probe(1), now);
    pace.sent(probe(1), now);
    sent.push(now);
  }
  for (const at of sent) expect(sent.filter((one) => one > at - 60_000 && one <= at).length).toBeLessThan(25);
  // And no slower than that: 24 each minute.
  expect(now).toBe(4 * 60_000);
});

it('never sends what alone costs a quarter', () => {
  expect(new Pace().waitMs(probe(25), 0)).toBe(Infinity);
  expect(new Pace().waitMs(probe(24), 0)).toBe(0);
});

it('sends what costs nothing at once', () => {
  const pace = new Pace();
  pace.sent(probe(24), 0);
  expect([pace.waitMs(probe(1), 10), pace.waitMs(probe(0), 10)]).toEqual([59_990, 0]);
});

it('forecasts the slowest of the counters, which are waited for beside each other', () => {
  const free = Array.from({ length: 49 }, () => probe(1));
  const others = Array.from({ length: 49 }, () => probe(1, 1_000_000, 'the client of pro'));
  expect(forecastSeconds([...free, ...others])).toBe(120);
  expect(forecastSeconds(others)).toBe(0);
});
