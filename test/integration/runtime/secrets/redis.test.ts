import { ioredis, nodeRedis, type RedisDriver, type RotatingRedis } from '@portcullis/runtime';
import { Redis } from 'ioredis';
import { until } from '../../../support/until';
import { redisCommand } from '../../../../cli/src/local/servers/redis';
import { useShortLeases, type Service } from './short-leases';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

const leases = useShortLeases();
const admin = (...command: string[]): Promise<unknown> => redisCommand(leases().redis.adminUrl, command);

async function client<Native>(
  driver: RedisDriver<Native>,
  options: Parameters<ReturnType<typeof leases>['connect']>[0] = {},
): Promise<Service & { redis: RotatingRedis<Native> }> {
  const service = await leases().connect(options);
  const { host, port } = leases().redis;
  return { ...service, redis: service.secrets.redisClient('cache', { host, port, driver }) };
}

/** Of the connections of that user which wait in a blocking command. */
const blocked = async (): Promise<number> =>
  Number(/blocked_clients:(\d+)/.exec(String(await admin('INFO', 'clients')))?.[1]);

beforeAll(() => leases().leaseFor(600));

describe.each([
  ['node-redis', nodeRedis() as RedisDriver],
  ['ioredis', ioredis(Redis) as RedisDriver],
])('with %s', (_, driver) => {
  test('a command in flight when the connection breaks is not sent again; the next ones go on', async () => {
    const { redis } = await client(driver);
    await admin('SET', 'test:count', '0');
    let done = 0;
    let broken = 0;
    let working = true;
    const work = async (): Promise<void> => {
      while (working) {
        await redis.sendCommand(['INCR', 'test:count']).then(
          () => (done += 1),
          () => (broken += 1),
        );
      }
    };
    const load = Array.from({ length: 50 }, work);
    try {
      for (let kill = 0; kill < 5; kill += 1) {
        const before = done;
        await admin('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await until(() => done > before + 500);
      }
    } finally {
      working = false;
    }
    await Promise.all(load);

    const counted = Number(await admin('GET', 'test:count'));
    expect(counted).toBeGreaterThanOrEqual(done);
    expect(counted).toBeLessThanOrEqual(done + broken);
    expect(broken).toBeLessThanOrEqual(5 * 50);
  });

  test('Redis restarts and forgets the leased user: what waits meanwhile is carried out, as a new user', async () => {
    const { redis, events } = await client(driver);
    expect(await redis.sendCommand(['SET', 'test:a', '1'])).toBe('OK');
    await leases().redis.stop();
    await until(() => !redis.isReady);

    const waiting = Array.from({ length: 200 }, () => redis.sendCommand(['INCR', 'test:after']));
    await leases().redis.restart();
    const answers = await Promise.all(waiting);

    expect(answers.map(Number)).toEqual(Array.from({ length: 200 }, (_none, index) => index + 1));
    const users = events.flatMap((event) => (event.type === 'credential_rotated' ? [event.user] : []));
    expect(users.length).toBeGreaterThanOrEqual(2);
    expect(await admin('ACL', 'USERS')).toContain(users.at(-1));
  });

  test('a command that blocks past the bound of a drain ends as if its time were up, and takes nothing with it', async () => {
    const { redis, secrets } = await client(driver, { drainSeconds: 1 });
    const waiting = redis.sendCommand(['BLPOP', 'jobs:never', '0']);
    await until(async () => (await blocked()) === 1);
    await secrets.rotate();

    expect(await waiting).toBeNull();
    const next = redis.sendCommand(['BLPOP', 'jobs:soon', '0']);
    await admin('RPUSH', 'jobs:soon', 'job');
    expect(await next).toEqual(['jobs:soon', 'job']);
  });

  test('a blocking command holds up no other one', async () => {
    const { redis } = await client(driver);
    const waiting = redis.sendCommand(['BLPOP', 'jobs:later', '0']);
    await until(async () => (await blocked()) === 1);
    expect(await redis.sendCommand(['PING'])).toBe('PONG');
    await admin('RPUSH', 'jobs:later', 'job');
    expect(await waiting).toEqual(['jobs:later', 'job']);
  });
});
