/** Clients that somebody holds for longer than a drain: LISTEN, a cursor, a lock. */
import type { Notification, PoolClient } from 'pg';
import { once } from 'node:events';
import { useShortLeases } from './short-leases';

const HOUR_SECONDS = 3_600;

const leases = useShortLeases();

async function start() {
  await leases().leaseFor(HOUR_SECONDS);
  // Nobody waits for a client that is held: the drain is over at once.
  const { secrets } = await leases().connect({ drainSeconds: 0 });
  const { host, port } = leases().postgres;
  const pool = secrets.postgresPool('pg', { host, port, database: 'postgres' });
  return { secrets, pool };
}

test('who listens hears of the rotation as of a lost connection, and hears notifications again', async () => {
  const { secrets, pool } = await start();
  const heard: string[] = [];
  const lost: string[] = [];
  const ended: boolean[] = [];
  const listen = async (): Promise<PoolClient> => {
    const client = await pool.connect();
    client.on('notification', ({ payload = '' }: Notification) => heard.push(payload));
    client.once('end', () => ended.push(true));
    client.once('error', (error: Error) => {
      lost.push(error.message);
      client.release(error);
    });
    await client.query('listen news');
    return client;
  };

  for (const payload of ['first', 'second', 'third']) {
    const client = await listen();
    await pool.query(`notify news, '${payload}'`);
    while (!heard.includes(payload)) await once(client, 'notification');
    await secrets.rotate();
  }
  expect(heard).toEqual(['first', 'second', 'third']);
  expect(lost).toEqual(Array(3).fill('Connection terminated unexpectedly'));
  expect(ended).toEqual([true, true, true]);
});

test('a client without a listener ends nothing but itself; its query rejects', async () => {
  const { secrets, pool } = await start();
  const client = await pool.connect();
  const sleeping = client.query('select pg_sleep(60)').catch((error: unknown) => error as Error);
  await secrets.rotate();
  expect(await sleeping).toMatchObject({ message: 'Connection terminated' });
  client.release(true);
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});
