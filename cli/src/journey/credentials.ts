import { strict as assert } from 'node:assert';
import { policy } from '../../../policy';
import { call, expectStatus } from './call';
import { observed } from './observed';
import type { Step } from './step';
import type { World } from './world';

const SPANNING = 60;

export const credentials: readonly Step[] = [
  {
    title: 'the database user that served the request is a leased one',
    async walk(world) {
      const user = await servingDatabaseUser(world);
      const [role] = await world.withPostgres((query) =>
        query<{ seconds: number }>(
          `select extract(epoch from rolvaliduntil - now())::int as seconds from pg_roles where rolname = $1`,
          [user],
        ),
      );
      assert.ok(role, `expected ${user} to exist`);
      // OpenBao adds a few seconds, so that the lease always ends before the role does.
      assert.ok(
        role.seconds > 0 && role.seconds <= policy.lifetimes.credentialSeconds + 10,
        `valid for ${role.seconds} s`,
      );
      return `${user}, valid for ${Math.round(role.seconds / 60)} more minutes`;
    },
  },
  {
    title: 'so is the Redis user that counted it',
    async walk(world) {
      const user = await servingRedisUser(world);
      return user;
    },
  },
  {
    title: `a forced rotation with ${SPANNING} queries spanning the swap loses none`,
    async walk(world) {
      const before = await servingDatabaseUser(world);
      const redisBefore = await servingRedisUser(world);
      const token = await world.token('enterprise');
      const read = (): Promise<unknown> =>
        call(world, 'GET /api/transactions', { token }).then((answer) => expectStatus(answer, 200));

      // Whoever reads now waits for this lock inside PostgreSQL, for as long as the swap takes.
      const { spanning, after } = await withTableLocked(world, async () => {
        const old = Array.from({ length: SPANNING }, read);
        await observed(
          `${SPANNING} queries of ${before}`,
          async () => (await waitingFor(world, before)) >= SPANNING,
        );
        world.rotate();
        const swapped = await observed('both users in pg_stat_activity', async () =>
          (await leasedSessions(world)).find((user) => user !== before),
        );
        assert.ok(
          (await leasedSessions(world)).includes(before),
          'expected the old user to be at work still',
        );
        return { spanning: [...old, ...Array.from({ length: 5 }, read)], after: swapped };
      });
      await Promise.all(spanning);

      await observed(`the end of ${before}`, () => isGone(world, before));
      await observed(`the end of ${redisBefore}`, () => isGoneFromRedis(world, redisBefore));
      assert.equal(await servingDatabaseUser(world), after);
      assert.notEqual(await servingRedisUser(world), redisBefore);
      return `${spanning.length} answered 200; ${before} is gone, ${after} serves`;
    },
  },
];

export const afterStopping: readonly Step[] = [
  {
    title: 'after stopping, no leased user exists in PostgreSQL or Redis',
    async walk(world) {
      await world.stopApi();
      const roles = await world.withPostgres((query) =>
        query(`select rolname from pg_roles where rolname like 'v-%'`),
      );
      assert.deepEqual(roles, []);
      const users = (await world.redis('ACL', 'USERS')) as string[];
      assert.deepEqual(users.filter(isLeased), []);
      return 'none';
    },
  },
];

/** Names that OpenBao's database plugins generate begin so: PostgreSQL's in lower case, Redis' in upper case. */
function isLeased(user: string): boolean {
  return /^v[-_]/i.test(user);
}

/** Each booking records the `current_user` of the session that wrote it. */
async function servingDatabaseUser(world: World): Promise<string> {
  const answer = await call(world, 'POST /api/transactions', {
    token: await world.token('enterprise'),
    body: { account: 'acc-1', amountCents: 100, currency: 'EUR', description: 'who writes this?' },
  });
  expectStatus(answer, 201);
  const { id } = answer.body.transaction as { id: string };
  const [row] = await world.withPostgres((query) =>
    query<{ user: string }>('select recorded_by as user from fintech.transactions where id = $1', [id]),
  );
  assert.ok(row && isLeased(row.user), `expected a leased user, received ${String(row?.user)}`);
  return row.user;
}

/** Only the API runs scripts and reads revocations: a connection whose last command was either is its own. */
async function servingRedisUser(world: World): Promise<string> {
  expectStatus(await call(world, 'GET /api/transactions', { token: await world.token('enterprise') }), 200);
  const clients = String(await world.redis('CLIENT', 'LIST')).split('\n');
  const [user] = clients
    .filter((line) => /\bcmd=(evalsha|eval|xrange)\b/.test(line))
    .map((line) => /\buser=(\S+)/.exec(line)?.[1]);
  assert.ok(user !== undefined && isLeased(user), `expected a leased user, received ${String(user)}`);
  return user;
}

async function withTableLocked<T>(world: World, use: () => Promise<T>): Promise<T> {
  return world.withPostgres(async (query) => {
    await query('begin');
    await query('lock table fintech.transactions in access exclusive mode');
    try {
      return await use();
    } finally {
      await query('rollback');
    }
  });
}

async function leasedSessions(world: World): Promise<string[]> {
  const rows = await world.withPostgres((query) =>
    query<{ user: string }>(`select distinct usename as user from pg_stat_activity where usename like 'v-%'`),
  );
  return rows.map(({ user }) => user);
}

async function waitingFor(world: World, user: string): Promise<number> {
  const [row] = await world.withPostgres((query) =>
    query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'`,
      [user],
    ),
  );
  return row?.waiting ?? 0;
}

async function isGone(world: World, user: string): Promise<boolean> {
  const rows = await world.withPostgres((query) => query('select from pg_roles where rolname = $1', [user]));
  return rows.length === 0;
}

async function isGoneFromRedis(world: World, user: string): Promise<boolean> {
  return (await world.redis('ACL', 'GETUSER', user)) === null;
}
