import { EventEmitter } from 'node:events';
import { Pool } from 'pg';
import { PoolEvents } from '../../../../runtime/src/secrets/postgres/pool-events';

/** Events are emitted by the test; no connection is made. */
function events() {
  const facade = new EventEmitter();
  const forwarding = new PoolEvents(facade);
  const pool = new Pool();
  forwarding.add(pool);
  return { facade, pool };
}

let warned: jest.SpyInstance;
beforeEach(() => {
  warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
});
afterEach(() => warned.mockRestore());

test.each(['connect', 'remove', 'error', 'acquire', 'release'])(
  '%s reaches listeners, once() once',
  (name) => {
    const { facade, pool } = events();
    const always = jest.fn();
    const once = jest.fn();
    facade.on(name, always).once(name, once);
    for (const argument of ['a', 'b']) pool.emit(name, argument);
    expect(always.mock.calls).toEqual([['a'], ['b']]);
    expect(once.mock.calls).toEqual([['a']]);
  },
);

test('an error of an idle connection ends nothing while nobody listens', () => {
  const { pool } = events();
  expect(() => pool.emit('error', new Error('lost'), undefined as never)).not.toThrow();
});

test('a listener that throws or rejects harms neither the connection nor another listener', async () => {
  const { facade, pool } = events();
  const other = jest.fn();
  facade
    .on('connect', () => {
      throw new Error('first');
    })
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- users do
    .on('connect', () => Promise.reject(new Error('second')))
    .on('connect', other);
  expect(() => pool.emit('connect', undefined as never)).not.toThrow();
  await new Promise(setImmediate);
  expect(other).toHaveBeenCalledTimes(1);
  expect(warned.mock.calls).toEqual([["on('connect') failed: first"], ["on('connect') failed: second"]]);
});
