import { costsOf, type CostFunction } from '../../../../runtime/src/rate-limit/decide/costs';
import { policy } from '../../../../policy';

test('a cost that is a promise is refused, and its rejection ends nobody', async () => {
  const unhandled = jest.fn();
  process.on('unhandledRejection', unhandled);
  const looksItUp = (() => Promise.reject(new Error('no database'))) as unknown as CostFunction;
  const route = policy.routes.find(({ path }) => path === '/api/transactions/export')!;
  const costOf = costsOf(policy, { 'POST /api/transactions/export': looksItUp });
  expect(() => costOf(route, {} as never)).toThrow('gave [object Promise]; expected 0 or more');
  await new Promise(setImmediate);
  expect(unhandled).not.toHaveBeenCalled();
  process.off('unhandledRejection', unhandled);
});
