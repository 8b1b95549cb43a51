import type { Pool, PoolClient } from '../../peer-types';
import { pause, within, type Clock } from '../../time/clock';

/** How long a new user's first connection may take. */
const CONNECT_MS = 10_000;

/**
 * Before each connection the queries that go on are left alone for this many times as long as the last connection
 * took. So few of them fall into a handshake that their 99th percentile hardly shows it.
 */
const REST = 20;

/**
 * Proves that the user of a new pool can work, then opens as many connections as the old pool has, so that the swap
 * does not wait for handshakes. They are opened one after the other, with rests between them: opened at once, they would
 * take the processors of both sides from the queries that go on.
 *
 * @param moreMs for how long connections beside the first are opened; the pool opens the rest when they are needed.
 * @throws what PostgreSQL said to the first one; Error when it said nothing in time.
 */
export async function warmUp(pool: Pool, connections: number, clock: Clock, moreMs: number): Promise<void> {
  const clients: PoolClient[] = [];
  let warming = true;
  const open = async (): Promise<PoolClient> => {
    const client = await pool.connect();
    if (warming) clients.push(client);
    else client.release(); // It came too late.
    return client;
  };
  try {
    const asked = clock.monotonic();
    const probing = open().then((client) => client.query('SELECT 1'));
    if (!(await within(clock, CONNECT_MS, probing))) {
      throw new Error(`PostgreSQL did not connect within ${CONNECT_MS / 1_000} s`);
    }
    await probing;
    const end = clock.monotonic() + moreMs;
    let took = clock.monotonic() - asked;
    for (let opened = 0; clients.length > opened && clients.length < connections;) {
      opened = clients.length;
      // No rest is so long that there is no time left for the connections that are still missing.
      const longest = (end - clock.monotonic()) / (connections - opened + 1);
      await pause(clock, Math.min(REST * took, longest));
      const began = clock.monotonic();
      await within(clock, end - began, open());
      took = clock.monotonic() - began;
    }
  } finally {
    warming = false;
    for (const client of clients) client.release();
  }
}
