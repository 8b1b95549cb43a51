import { randomBytes } from 'node:crypto';
import { RecentSpending } from '../../../../runtime/src/rate-limit/reserved/recent-spending';

describe('what clients spent lately', () => {
  it('is what a period holds, of the one before in proportion, each client’s own', () => {
    const spending = new RecentSpending(1_000);
    expect(spending.add('a', 1, 0)).toBe(1);
    expect(spending.add('a', 3, 999)).toBe(4);
    expect(spending.add('b', 1, 999)).toBe(1);
    expect(spending.add('a', 1, 1_250)).toBe(1 + 0.75 * 4);
    expect(spending.add('a', 1, 1_500)).toBe(2 + 0.5 * 4);
    expect(spending.add('a', 1, 2_000)).toBe(1 + 2);
    expect(spending.add('b', 1, 2_000)).toBe(1);
  });

  it('of a client that calls evenly is what it spends in a period', () => {
    const spending = new RecentSpending(1_000);
    for (let nowMs = 0; nowMs < 5_000; nowMs += 500) {
      const spent = spending.add('a', 1, nowMs);
      if (nowMs >= 1_000) expect(spent).toBeLessThanOrEqual(3);
    }
  });

  it('is nothing after a pause', () => {
    const spending = new RecentSpending(1_000);
    spending.add('a', 5, 0);
    expect(spending.add('a', 1, 2_000)).toBe(1);
  });

  it('of many clients at once is hardly ever more than their own', () => {
    const spending = new RecentSpending(1_000);
    const clients = Array.from({ length: 10_000 }, () => randomBytes(16).toString('base64url'));
    const spent = clients.map((client) => spending.add(client, 1, 0));
    expect(spent.every((each) => each >= 1)).toBe(true);
    expect(spent.filter((each) => each >= 4).length).toBeLessThan(100);
  });
});
