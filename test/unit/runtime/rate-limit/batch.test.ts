import { Batch, type BatchScript } from '../../../../runtime/src/rate-limit/store/batch';
import { plainScript } from '../../../../runtime/src/rate-limit/store/charge-script';

interface Asked {
  readonly client: string;
}

const script: BatchScript<Asked, number> = {
  script: plainScript('return KEYS'),
  command: (requests) => ({ keys: requests.map(({ client }) => client), args: [] }),
  answers: (reply, requests) =>
    requests.map((_, index) => {
      const answer = reply[index];
      if (typeof answer !== 'number') throw new TypeError('not a number');
      return answer;
    }),
};

/** A batch of a store that replies `reply`, and the keys of each call. */
function batchOf(reply: () => Promise<unknown>, clustered = false) {
  const calls: (readonly string[])[] = [];
  const run = (_: unknown, keys: readonly string[]): Promise<unknown> => {
    calls.push(keys);
    return reply();
  };
  return { batch: new Batch<Asked, number>({ clustered, run }, script), calls };
}

test('requests of one turn are one call, each with its own answer', async () => {
  const { batch, calls } = batchOf(() => Promise.resolve([1, 2]));
  expect(await Promise.all([batch.add({ client: 'a' }), batch.add({ client: 'b' })])).toEqual([1, 2]);
  expect(calls).toEqual([['a', 'b']]);
});

test('in a cluster they are one call a client', async () => {
  const { batch, calls } = batchOf(() => Promise.resolve([1, 2]), true);
  await Promise.all(['a', 'b', 'a'].map((client) => batch.add({ client })));
  expect(calls).toEqual([['a', 'a'], ['b']]);
});

test.each([
  ['a failure', () => Promise.reject(new Error('gone'))],
  ['no list', () => Promise.resolve(null)],
  ['a list that is too short', () => Promise.resolve([1])],
])('%s leaves nobody waiting', async (_, reply) => {
  const { batch } = batchOf(reply);
  const settled = await Promise.allSettled([batch.add({ client: 'a' }), batch.add({ client: 'b' })]);
  expect(settled[1].status).toBe('rejected');
});
