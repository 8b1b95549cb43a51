import type { Pool } from 'pg';
import { warmUp } from '../../../../runtime/src/secrets/postgres/warm-up';
import { manualClock } from '../../../support/clock';

/** A pool whose connections open when the test says so; the real one is in test/integration. */
function scriptedPool() {
  const clock = manualClock();
  const asked: { open: () => Promise<void>; fail: (error: Error) => Promise<void> }[] = [];
  const world = { opened: 0, released: 0, probes: 0 };
  const client = {
    query: () => Promise.resolve((world.probes += 1)),
    release: () => (world.released += 1),
  };
  const pool = {
    connect: () =>
      new Promise((resolve, reject) => {
        asked.push({
          open: () => {
            world.opened += 1;
            resolve(client);
            return clock.advance(0);
          },
          fail: (error) => {
            reject(error);
            return clock.advance(0);
          },
        });
      }),
  } as unknown as Pool;
  return { clock, pool, asked, world };
}

test('connections are opened one after the other, as many as are asked for, and the user is probed once', async () => {
  const { clock, pool, asked, world } = scriptedPool();
  const warm = warmUp(pool, 4, clock, 5_000);
  for (let turn = 0; turn < 4; turn += 1) {
    expect(asked).toHaveLength(turn + 1);
    await asked[turn]?.open();
  }
  await warm;
  expect(asked).toHaveLength(4);
  expect(world).toEqual({ opened: 4, released: 4, probes: 1 });
});

test('before each connection the queries that go on have twenty times as long for themselves', async () => {
  const { clock, pool, asked } = scriptedPool();
  const warm = warmUp(pool, 4, clock, 5_000);
  await asked[0]?.open();
  await clock.advance(20);
  await asked[1]?.open();
  await clock.advance(399);
  expect(asked).toHaveLength(2);
  await clock.advance(1);
  expect(asked).toHaveLength(3);
  // Less where the last one would have no time: half of what is left.
  await clock.advance(580);
  await asked[2]?.open();
  await clock.advance(1_999);
  expect(asked).toHaveLength(3);
  await clock.advance(1);
  await asked[3]?.open();
  await clock.advance(0);
  await warm;
  expect(asked).toHaveLength(4);
});

test('a first pool, which replaces none, opens one', async () => {
  const { clock, pool, asked } = scriptedPool();
  const warm = warmUp(pool, 0, clock, 5_000);
  await asked[0]?.open();
  await warm;
  expect(asked).toHaveLength(1);
});

test('a user that is refused is told as PostgreSQL says it; one that hears nothing, after 10 s', async () => {
  const refused = scriptedPool();
  const told = expect(warmUp(refused.pool, 3, refused.clock, 5_000)).rejects.toThrow('password');
  await refused.asked[0]?.fail(new Error('password authentication failed'));
  await told;

  const silent = scriptedPool();
  const waited = expect(warmUp(silent.pool, 3, silent.clock, 5_000)).rejects.toThrow('within 10 s');
  await silent.clock.advance(10_000);
  await waited;
});

test('a database that takes no more connections keeps the swap from nothing but their warmth', async () => {
  const { clock, pool, asked, world } = scriptedPool();
  const warm = warmUp(pool, 4, clock, 5_000);
  await asked[0]?.open();
  await asked[1]?.fail(new Error('too many connections'));
  await warm;
  expect(asked).toHaveLength(2);
  expect(world.released).toBe(1);
});

test('when its time is up the swap waits for no more; what comes late is given to the pool', async () => {
  const { clock, pool, asked, world } = scriptedPool();
  const warm = warmUp(pool, 4, clock, 5_000);
  await asked[0]?.open();
  await clock.advance(5_000);
  await warm;
  expect(world.released).toBe(1);
  await asked[1]?.open();
  expect(world).toMatchObject({ opened: 2, released: 2 });
  expect(asked).toHaveLength(2);
});
