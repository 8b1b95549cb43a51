/** Users that are revoked before their time, seen through PgBouncer: what it says of them is not what PostgreSQL says. */
import { Client } from 'pg';
import { useServer } from '../../../support/engines';
import { describeWithPgBouncer, startPgBouncer } from '../../../support/pgbouncer';
import { useShortLeases } from './short-leases';
import { underLoad } from './under-load';

const HOUR_SECONDS = 3_600;
const QUERIES = 40;

const leases = useShortLeases();

async function start({ host, port }: { readonly host: string; readonly port: number }) {
  await leases().leaseFor(HOUR_SECONDS);
  const { secrets } = await leases().connect();
  const pool = secrets.postgresPool('pg', { host, port, database: 'postgres', max: 4 });
  const { rows } = await pool.query<{ user: string }>('select current_user as user');
  return { secrets, pool, user: rows[0]!.user };
}

/** Every lease, the users and, as the constructs' statements do, their sessions. */
async function revokeAll(): Promise<void> {
  await leases().admin.write('sys/leases/revoke-prefix/database/creds/pg', {});
  const client = new Client({ connectionString: leases().postgres.adminUrl });
  await client.connect();
  try {
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where usesysid is not null and usesysid not in (select oid from pg_roles)`,
    );
  } finally {
    await client.end();
  }
}

describeWithPgBouncer('PgBouncer', () => {
  describe.each(['session', 'transaction'] as const)('in %s mode', (mode) => {
    const pooler = useServer((run) => startPgBouncer(run, leases().postgres, mode));

    test('rotations under load fail no query', async () => {
      const { secrets, pool } = await start(pooler());
      const failures = await underLoad(
        Array.from({ length: 8 }, () => async () => {
          await pool.query('select 1');
        }),
        async () => {
          for (let rotation = 0; rotation < 3; rotation += 1) await secrets.rotate();
        },
      );
      expect(failures).toEqual([]);
    });

    test('a user that was revoked early is replaced at once', async () => {
      const { secrets, pool, user } = await start(pooler());
      await revokeAll();
      const users = new Set<string>();
      const failures: unknown[] = [];
      for (let query = 0; query < QUERIES; query += 1) {
        try {
          const { rows } = await pool.query<{ user: string }>('select current_user as user');
          users.add(rows[0]!.user);
        } catch (error) {
          failures.push(error);
        }
      }
      // The session that was cut off is one failure; nobody hears of the refusals.
      expect(failures.length).toBeLessThanOrEqual(1);
      expect(users.size).toBe(1);
      expect(users.has(user)).toBe(false);
      expect(secrets.readiness()).toEqual({ ready: true, problems: [] });
    });

    test('whoever holds clients hears of it, and the next ones are of another user', async () => {
      const { pool, user } = await start(pooler());
      const clients = await Promise.all(Array.from({ length: 2 }, () => pool.connect()));
      for (const client of clients) {
        client.on('error', () => undefined);
        await client.query('begin');
      }
      await revokeAll();
      const outcomes = await Promise.allSettled(clients.map((client) => client.query('select 1')));
      for (const client of clients) client.release(true);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      const { rows } = await pool.query<{ user: string }>('select current_user as user');
      expect(rows[0]!.user).not.toBe(user);
    });
  });
});
