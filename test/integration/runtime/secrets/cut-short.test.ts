/** Drains that end before the work does: nobody who asked for something is left without an answer. */
import type { SecretsManager } from '@portcullis/runtime';
import { useShortLeases } from './short-leases';

const leases = useShortLeases();

/** A pool whose only connection is at work for a minute, and queries that wait for it. */
async function crowded(options: { drainSeconds?: number; closeSeconds?: number }) {
  await leases().leaseFor(600);
  const { secrets } = await leases().connect(options);
  const { host, port } = leases().postgres;
  const pool = secrets.postgresPool('pg', { host, port, database: 'postgres', max: 1 });
  await pool.query('select 1');
  const atWork = pool.query('select pg_sleep(60)').catch((error: unknown) => error);
  const whoami = 'select current_user as user';
  const waiting = Promise.all([
    pool.query<{ user: string }>(whoami).then(({ rows }) => rows[0]?.user),
    new Promise((resolve, reject) => {
      pool.query<{ user: string }>(whoami, (error: Error | undefined, result) =>
        error ? reject(error) : resolve(result.rows[0]?.user),
      );
    }),
    pool.connect().then(async (client) => {
      const { rows } = await client.query<{ user: string }>(whoami);
      client.release();
      return rows[0]?.user;
    }),
  ]);
  const outcome = waiting.catch((error: unknown) => error);
  return { secrets, atWork, outcome };
}

const userOf = (secrets: SecretsManager): string | undefined => secrets.status().leases[0]?.user;

test('at a rotation, what waits for a connection starts again as the new user; what was sent rejects', async () => {
  const { secrets, atWork, outcome } = await crowded({ drainSeconds: 0 });
  await secrets.rotate();
  const user = userOf(secrets);
  expect(await outcome).toEqual([user, user, user]);
  expect(await atWork).toBeInstanceOf(Error);
  await secrets.close();
});

test('at the end, what waits for a connection hears that there are none any more', async () => {
  const { secrets, atWork, outcome } = await crowded({ closeSeconds: 0.1 });
  await secrets.close();
  expect(await outcome).toMatchObject({ code: 'ERR_SECRETS_CLOSED' });
  expect(await atWork).toBeInstanceOf(Error);
});
