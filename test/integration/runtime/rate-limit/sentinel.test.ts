import { startLoad } from './load';
import { ioRedisSentinel, nodeRedisSentinel, startSentinel, type TestSentinel } from './redis-sentinel';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

let sentinel: TestSentinel;
beforeEach(async () => {
  sentinel = await startSentinel(500);
});
afterEach(() => sentinel.stop());

test.each([
  ['node-redis', nodeRedisSentinel],
  ['ioredis', ioRedisSentinel],
] as const)('when the master dies under load, %s finds the replica that took over', async (_, connect) => {
  const { client, end } = await connect(sentinel);
  const load = await startLoad(client);
  try {
    await load.more(100);
    expect(load.events).toEqual([]);
    await sentinel.killMaster();
    await load.waitFor('down');
    await load.waitFor('up');
    await load.more(100);
  } finally {
    await load.stop();
    await end();
  }
  expect(load.late).toEqual([]);
  expect(load.events.map(({ type }) => type)).toEqual(['store_down', 'store_up']);
});
