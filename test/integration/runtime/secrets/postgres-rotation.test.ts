import { Client } from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { runs } from '../../../support/fuzzing';
import { until } from '../../../support/until';
import { useShortLeases } from './short-leases';

const HOUR_SECONDS = 3_600;
const ROTATIONS = runs(30);
const QUERIES = runs(100_000);
const IN_FLIGHT = 200;
const MAX = 20;

const leases = useShortLeases();

/** What PostgreSQL itself says while the service works, seen from a connection that takes no part. */
class Witness {
  /** Users with connections, each time it looked, without repetitions. */
  readonly seen: string[][] = [];
  mostConnections = 0;
  mostUsers = 0;
  #watching = true;

  constructor(private readonly client: Client) {}

  static async of(url: string): Promise<Witness> {
    const client = new Client({ connectionString: url });
    await client.connect();
    return new Witness(client);
  }

  async watch(): Promise<void> {
    while (this.#watching) {
      await this.look();
      await pause(20);
    }
  }

  async look(): Promise<readonly string[]> {
    const [connections, roles] = (await this.client.query(
      `select usename as user, count(*)::int from pg_stat_activity where usename like 'v-%' group by 1 order by 1;
       select rolname as user from pg_roles where rolname like 'v-%'`,
    )) as unknown as [{ rows: { user: string; count: number }[] }, { rows: { user: string }[] }];
    const users = connections.rows.map(({ user }) => user);
    if (users.join() !== this.seen.at(-1)?.join()) this.seen.push(users);
    const open = connections.rows.reduce((sum, { count }) => sum + count, 0);
    this.mostConnections = Math.max(this.mostConnections, open);
    this.mostUsers = Math.max(this.mostUsers, roles.rows.length);
    return roles.rows.map(({ user }) => user);
  }

  async leave(): Promise<void> {
    this.#watching = false;
    await pause(50);
    await this.client.end();
  }
}

test(`${ROTATIONS} rotations under ${IN_FLIGHT} queries in flight lose none of ${QUERIES}`, async () => {
  await leases().leaseFor(HOUR_SECONDS);
  const { secrets, events } = await leases().connect();
  const { host, port, adminUrl } = leases().postgres;
  // Before there is a pool: its first credential may be there before anything else that is awaited.
  const users: string[] = [];
  const spanning: number[] = [];
  secrets.scheduleCredentialRefresh(({ user }) => {
    users.push(user);
    spanning.push(0);
  });
  const pool = secrets.postgresPool('pg', { host, port, database: 'postgres', max: MAX });
  const witness = await Witness.of(adminUrl);
  const watching = witness.watch();

  let done = 0;
  const failures: unknown[] = [];
  let over = false;
  const worker = async (): Promise<void> => {
    while (!over && failures.length === 0) {
      const swapsBefore = users.length;
      try {
        const { rows } = await pool.query<{ user: string }>('select current_user as user');
        // Sent before a swap, answered after it, by the user before.
        if (swapsBefore > 0 && users.length > swapsBefore && rows[0]?.user === users[swapsBefore - 1]) {
          spanning[swapsBefore] = (spanning[swapsBefore] ?? 0) + 1;
        }
      } catch (error) {
        failures.push(error);
      }
      done += 1;
    }
  };
  const from = performance.now();
  const load = Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  const isAlone = (): boolean => users.length > 0 && witness.seen.at(-1)?.join() === users.at(-1);
  try {
    await until(isAlone);
    for (let rotation = 0; rotation < ROTATIONS && failures.length === 0; rotation += 1) {
      await secrets.rotate();
      await until(() => isAlone() || failures.length > 0);
    }
    await until(() => done >= QUERIES || failures.length > 0);
  } finally {
    over = true;
    await load;
  }
  const seconds = (performance.now() - from) / 1_000;
  await secrets.close();
  const left = await witness.look();
  await witness.leave();
  await watching;

  process.stdout.write(
    `${done} queries, ${users.length - 1} rotations in ${seconds.toFixed(1)} s; fewest spanning a swap ` +
      `${Math.min(...spanning.slice(1))}; most connections ${witness.mostConnections}\n`,
  );
  expect(failures).toEqual([]);
  expect(done).toBeGreaterThanOrEqual(QUERIES);
  expect(users.length - 1).toBe(ROTATIONS);
  expect(Math.min(...spanning.slice(1))).toBeGreaterThanOrEqual(50);
  expect(events.filter(({ type }) => type.endsWith('failed') || type.endsWith('expired'))).toEqual([]);

  // The new one alone after every swap; both at work before, wherever the witness was quick enough to see them.
  const views = witness.seen.map((seen) => [...seen].sort().join());
  const seenTogether = users.slice(1).map((user, index) => views.indexOf([users[index], user].sort().join()));
  expect(seenTogether.some((view) => view >= 0)).toBe(true);
  for (const [index, user] of users.slice(1).entries())
    expect(views.indexOf(user, seenTogether[index])).toBeGreaterThan(seenTogether[index]!);
  expect(witness.mostConnections).toBeLessThanOrEqual(pool.connectionBudget);
  expect(witness.mostConnections).toBeGreaterThan(MAX);
  expect(witness.mostUsers).toBe(2);
  expect(left).toEqual([]);
});

test('an error that SQL raises is no refusal: whoever gives a wrong password has no user replaced', async () => {
  await leases().leaseFor(HOUR_SECONDS);
  const { secrets, events } = await leases().connect();
  const { host, port } = leases().postgres;
  const pool = secrets.postgresPool('pg', { host, port, database: 'postgres' });
  const raise = (code: string) =>
    `do $$ begin raise exception 'a visitor''s password' using errcode = '${code}'; end $$`;
  try {
    for (const code of ['28P01', '28000', '28P01', '28000']) {
      await expect(pool.query(raise(code))).rejects.toMatchObject({ code, message: "a visitor's password" });
    }
    const client = await pool.connect();
    await expect(client.query(raise('28P01'))).rejects.toMatchObject({ code: '28P01' });
    client.release();
    expect(events.filter(({ type }) => type === 'credential_rotated')).toHaveLength(1);
  } finally {
    await secrets.close();
  }
});
