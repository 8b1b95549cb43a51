import { RecentSpending } from '../../../runtime/src/rate-limit/recent-spending';

describe('what clients spent lately', () => {
  it('is of this period and the one before, each client’s own', () => {
    const spending = new RecentSpending(1_000, 10);
    expect(spending.add('a', 1, 0)).toBe(1);
    expect(spending.add('a', 2, 999)).toBe(3);
    expect(spending.add('b', 1, 999)).toBe(1);
    expect(spending.add('a', 1, 1_000)).toBe(4);
    expect(spending.add('a', 1, 2_000)).toBe(2);
    expect(spending.add('b', 1, 2_000)).toBe(1);
  });

  it('is nothing after a pause', () => {
    const spending = new RecentSpending(1_000, 10);
    spending.add('a', 5, 0);
    expect(spending.add('a', 1, 2_000)).toBe(1);
  });

  it('is followed for so many clients and no more, whoever comes', () => {
    const spending = new RecentSpending(1_000, 2);
    spending.add('a', 1, 0);
    spending.add('b', 1, 0);
    expect(spending.add('c', 1, 0)).toBe(1);
    expect(spending.add('c', 1, 0)).toBe(1);
    expect(spending.add('a', 1, 0)).toBe(2);
  });
});
