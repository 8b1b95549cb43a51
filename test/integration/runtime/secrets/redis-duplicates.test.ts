/** Libraries duplicate the client that they are given, as BullMQ does: each duplicate follows the rotation. */
import { ioredis, nodeRedis, type SecretsManager } from '@portcullis/runtime';
import { Redis } from 'ioredis';
import { redisCommand } from '../../../../cli/src/local/servers/redis';
import { useShortLeases } from './short-leases';

const HOUR_SECONDS = 3_600;

const leases = useShortLeases();

async function start(): Promise<SecretsManager> {
  await leases().leaseFor(HOUR_SECONDS);
  return (await leases().connect()).secrets;
}

/** A duplicate, as whoever made it sees it. */
interface Twin {
  open(): Promise<unknown>;
  ask(...command: string[]): Promise<unknown>;
  end(): Promise<unknown>;
}

/** Of each library a duplicate, and a duplicate of that. */
const LIBRARIES: Record<string, (secrets: SecretsManager) => Promise<Twin[]>> = {
  'node-redis': async (secrets) => {
    const { host, port } = leases().redis;
    const redis = secrets.redisClient('cache', { host, port, driver: nodeRedis() });
    const first = await redis.use((native) => Promise.resolve(native.duplicate()));
    return [first, first.duplicate({ name: 'second' })].map((client) => ({
      open: () => client.connect(),
      ask: (...command) => client.sendCommand(command),
      end: () => client.close(),
    }));
  },
  ioredis: async (secrets) => {
    const { host, port } = leases().redis;
    const redis = secrets.redisClient('cache', { host, port, driver: ioredis(Redis) });
    const first = await redis.use((native) => Promise.resolve(native.duplicate()));
    return [first, first.duplicate({ connectionName: 'second', maxRetriesPerRequest: null })].map(
      (client) => ({
        open: () => client.connect(),
        ask: (command, ...args) => client.call(command, ...args),
        end: () => client.quit(),
      }),
    );
  },
};

/** The users that Redis knows and Vault leased. */
async function leasedUsers(): Promise<string[]> {
  const users = (await redisCommand(leases().redis.adminUrl, ['ACL', 'USERS'])) as string[];
  return users.filter((user) => /^v[-_]/i.test(user));
}

describe.each(Object.keys(LIBRARIES))('duplicates of %s', (library) => {
  test('sign in as the next user on the connection that they have', async () => {
    const secrets = await start();
    const twins = await LIBRARIES[library]!(secrets);
    for (const twin of twins) await twin.open();
    const ids = await Promise.all(twins.map((twin) => twin.ask('CLIENT', 'ID')));
    for (let rotation = 0; rotation < 3; rotation += 1) {
      await secrets.rotate();
      const users = await Promise.all(twins.map((twin) => twin.ask('ACL', 'WHOAMI')));
      expect([...new Set(users)]).toEqual(await leasedUsers());
    }
    // It was never cut off: what was blocking or subscribed went on.
    expect(await Promise.all(twins.map((twin) => twin.ask('CLIENT', 'ID')))).toEqual(ids);
    for (const twin of twins) await twin.end();
  });

  test('that are opened, or opened again, after a rotation know the user of that moment', async () => {
    const secrets = await start();
    const [late, again] = (await LIBRARIES[library]!(secrets)) as [Twin, Twin];
    await again.open();
    await again.end();
    await secrets.rotate();
    await late.open();
    await again.open();
    const [user] = await leasedUsers();
    expect(await late.ask('ACL', 'WHOAMI')).toBe(user);
    expect(await again.ask('ACL', 'WHOAMI')).toBe(user);
    await secrets.rotate();
    const [next] = await leasedUsers();
    expect(next).not.toBe(user);
    expect(await late.ask('ACL', 'WHOAMI')).toBe(next);
    expect(await again.ask('ACL', 'WHOAMI')).toBe(next);
  });
});

test('what a duplicate of ioredis is asked to do when it loses its connection stays', async () => {
  const secrets = await start();
  const { host, port } = leases().redis;
  const redis = secrets.redisClient('cache', { host, port, driver: ioredis(Redis) });
  const retryStrategy = (): number => 5;
  const twin = await redis.use((native) => Promise.resolve(native.duplicate({ retryStrategy })));
  expect(twin.options.retryStrategy).toBe(retryStrategy);
});
