/**
 * The moments that a real Redis cannot be made to hit: answers are given by hand. What a real one does is tested
 * in test/integration/runtime/rate-limit/faults.test.ts.
 */
import { refundScript as script } from '../../../../runtime/src/rate-limit/store/charge-script';
import {
  GuardedRedis,
  type StoreEvent,
  type StoreUnavailableError,
} from '../../../../runtime/src/rate-limit/store/guarded-redis';
import type { RedisAccess } from '../../../../runtime/src/redis';

interface Sent {
  readonly command: 'EVALSHA' | 'EVAL';
  readonly answer: (reply: unknown) => void;
  readonly fail: (message: string) => void;
}

/** A Redis whose answers the test gives. */
class RedisByHand implements RedisAccess {
  ready = true;
  readonly sent: Sent[] = [];

  constructor(readonly clustered = false) {}

  evalsha = (): Promise<unknown> => this.#send('EVALSHA');
  eval = (): Promise<unknown> => this.#send('EVAL');

  #send(command: Sent['command']): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.sent.push({ command, answer: resolve, fail: (message) => reject(new Error(message)) });
    });
  }
}

let redis: RedisByHand;
let nowMs: number;
let events: StoreEvent[];
const guard = (clustered = false): GuardedRedis => {
  redis = new RedisByHand(clustered);
  nowMs = 0;
  events = [];
  return new GuardedRedis(redis, {
    timeoutMs: 50,
    onEvent: (event) => events.push(event),
    clock: () => nowMs,
  });
};
const run = (guarded: GuardedRedis, key = 'a'): Promise<unknown> => guarded.run(script, [`{${key}}`], []);
const outcome = (running: Promise<unknown>): Promise<unknown> =>
  running.catch((error: unknown) => (error as StoreUnavailableError).failure);

beforeEach(() => jest.useFakeTimers({ doNotFake: ['performance', 'nextTick', 'queueMicrotask'] }));
afterEach(() => jest.useRealTimers());

/** Lets promises settle, which fake timers do not touch. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
};
const timeOut = async (): Promise<void> => {
  jest.advanceTimersByTime(51);
  await settle();
};

test('a reply that is there when a late event loop finds its timer due, is no time-out', async () => {
  const guarded = guard();
  const decided = outcome(run(guarded));
  // The loop was held up: its timer is due, and it runs before the socket is read.
  jest.advanceTimersToNextTimer();
  redis.sent[0]!.answer('in time');
  await settle();
  jest.runAllTimers();
  expect(await decided).toBe('in time');
});

test('a late event loop may have kept the command as well: the store gets a moment to answer it, and no more', async () => {
  const guarded = guard();
  const decided = outcome(run(guarded));
  const silent = outcome(run(guarded));
  nowMs = 120;
  jest.advanceTimersByTime(59);
  await settle();
  redis.sent[0]!.answer('in time');
  await settle();
  jest.advanceTimersByTime(2);
  expect(await decided).toBe('in time');
  expect(await silent).toBe('timeout');
});

test('no reply is a time-out, and what comes later changes nothing', async () => {
  const guarded = guard();
  const running = [run(guarded), run(guarded), run(guarded)].map(outcome);
  await timeOut();
  expect(await Promise.all(running)).toEqual(['timeout', 'timeout', 'timeout']);
  expect(events).toEqual([{ type: 'store_down', failure: 'timeout' }]);
  for (const { answer } of redis.sent) answer('too late');
  await settle();
  expect(guarded.state.up).toBe(false);
});

test('the source follows NOSCRIPT once, and within the same time-out', async () => {
  const guarded = guard();
  const decided = outcome(run(guarded));
  redis.sent[0]!.fail('NOSCRIPT No matching script.');
  await settle();
  expect(redis.sent.map(({ command }) => command)).toEqual(['EVALSHA', 'EVAL']);
  redis.sent[1]!.fail('NOSCRIPT No matching script.');
  expect(await decided).toBe('error');
  expect(redis.sent).toHaveLength(2);

  const slow = outcome(run(guarded));
  jest.advanceTimersByTime(40);
  redis.sent[2]!.fail('NOSCRIPT No matching script.');
  await settle();
  jest.advanceTimersByTime(11);
  expect(await slow).toBe('timeout');
});

test('NOSCRIPT that comes after the time-out is not followed by anything', async () => {
  const guarded = guard();
  const decided = outcome(run(guarded));
  await timeOut();
  expect(await decided).toBe('timeout');
  redis.sent[0]!.fail('NOSCRIPT No matching script.');
  await settle();
  expect(redis.sent).toHaveLength(1);
});

test('while there is no connection nothing is sent, and that is told once', async () => {
  const guarded = guard();
  redis.ready = false;
  expect(await Promise.all([run(guarded), run(guarded)].map(outcome))).toEqual([
    'disconnected',
    'disconnected',
  ]);
  expect(redis.sent).toEqual([]);
  redis.ready = true;
  const decided = run(guarded);
  redis.sent[0]!.answer('well');
  expect(await decided).toBe('well');
  expect(events.map(({ type }) => type)).toEqual(['store_down', 'store_up']);
});

test('after three errors nothing is sent for half a second; then one command tries', async () => {
  const guarded = guard();
  const running = [run(guarded), run(guarded), run(guarded)].map(outcome);
  for (const { fail } of redis.sent) fail("OOM command not allowed when used memory > 'maxmemory'.");
  expect(await Promise.all(running)).toEqual(['error', 'error', 'error']);
  expect(events).toEqual([{ type: 'store_down', failure: 'error', redisError: 'OOM' }]);
  expect(await outcome(run(guarded))).toBe('resting');
  nowMs = 500;
  const trial = outcome(run(guarded));
  expect(await outcome(run(guarded))).toBe('resting');
  expect(redis.sent).toHaveLength(4);
  redis.sent[3]!.answer('well');
  expect(await trial).toBe('well');
  expect(guarded.state.up).toBe(true);
});

test('in a cluster the slots of a shard that fails rest alone, and wake together', async () => {
  const guarded = guard(true);
  // CRC16: `b` is in slot 3300, `bar` in 5061, `a` in 15495.
  const fail = async (key: string): Promise<void> => {
    const running = [run(guarded, key), run(guarded, key), run(guarded, key)].map(outcome);
    for (const { fail: failWith } of redis.sent.slice(-3)) failWith('CLUSTERDOWN Hash slot not served');
    await Promise.all(running);
  };
  const succeed = async (key: string): Promise<void> => {
    const running = outcome(run(guarded, key));
    redis.sent.at(-1)?.answer('well');
    expect(await running).toBe('well');
  };
  await fail('b');
  nowMs = 400;
  await fail('bar');
  await succeed('a');
  expect(await outcome(run(guarded, 'b'))).toBe('resting');
  expect(guarded.state).toMatchObject({ up: false, redisError: 'CLUSTERDOWN' });

  nowMs = 500;
  expect(await outcome(run(guarded, 'bar'))).toBe('resting');
  await succeed('b');
  expect(guarded.state.up).toBe(false);
  await succeed('bar');
  expect(events.map(({ type }) => type)).toEqual(['store_down', 'store_up']);
});
