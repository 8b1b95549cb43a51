import { ioredis, nodeRedis, type RedisDriver, type RotatingRedis } from '@portcullis/runtime';
import { Redis as UpstashRedis } from '@upstash/redis';
import { Redis } from 'ioredis';
import { until } from '../../../support/until';
import { redisCommand } from '../../../../cli/src/local/servers/redis';
import { manualClock, type ManualClock } from '../../../support/clock';
import { startUpstash, type UpstashServer } from '../../../support/upstash';
import { ACCESS_KEY, ElastiCacheDouble } from './elasticache';
import { useShortLeases, type Service } from './short-leases';

const leases = useShortLeases();
const HOUR_MS = 3_600_000;

const upstashes: UpstashServer[] = [];
afterEach(async () => {
  await Promise.all(upstashes.splice(0).map((server) => server.close()));
});

const service = (clock: ManualClock): Promise<Service> => leases().connect({ clock });

const endpoint = (): { host: string; port: number } => ({
  host: leases().redis.host,
  port: leases().redis.port,
});

/** The first command leases the first credential, which is a task of the clock. */
async function first(redis: RotatingRedis, clock: ManualClock, ...command: string[]): Promise<unknown> {
  const answer = redis.sendCommand(command);
  answer.catch(() => undefined);
  await clock.advance(0);
  return answer;
}

/** Whether Vault has answered what the token was due for: that takes real time, in which this clock must not go on. */
const tokenIsKept = ({ secrets }: Service): boolean => (secrets.status().token.nextActionInSeconds ?? 0) >= 0;

/** Lets the time pass to the moment when the lease acts, and no further: what it starts takes real time. */
async function untilNextAction(connected: Service, clock: ManualClock): Promise<void> {
  await until(() => tokenIsKept(connected));
  await clock.advance((connected.secrets.status().leases[0]?.nextActionInSeconds ?? 0) * 1_000 + 100);
}

const rotations = ({ events }: Service): number =>
  events.filter((event) => event.type === 'credential_rotated' && event.previousUser !== undefined).length;

describe.each([
  ['node-redis', nodeRedis() as RedisDriver],
  ['ioredis', ioredis(Redis) as RedisDriver],
])('ElastiCache IAM with %s', (library, driver) => {
  test('signs a token every quarter of an hour, and signs in with it on the living connection, for more than 12 hours', async () => {
    const clock = manualClock();
    const user = `iam-${library}`;
    const double = new ElastiCacheDouble(leases().redis.adminUrl, user, 'limits');
    await double.create();
    const connected = await service(clock);
    let signs = true;
    const redis = connected.secrets.redisClient(
      {
        kind: 'elasticache-iam',
        user,
        cache: 'Limits',
        region: 'eu-central-1',
        credentials: () => (signs ? Promise.resolve(ACCESS_KEY) : Promise.reject(new Error('no role'))),
      },
      { ...endpoint(), driver: double.behind(driver) },
    );
    const id = await first(redis, clock, 'CLIENT', 'ID');
    expect(await redis.sendCommand(['ACL', 'WHOAMI'])).toBe(user);

    for (let rotation = 1; clock.monotonic() < 13 * HOUR_MS; rotation += 1) {
      await untilNextAction(connected, clock);
      await until(() => rotations(connected) === rotation);
      expect(await redis.sendCommand(['INCR', `test:${library}`])).toBe(rotation);
    }
    expect(double.accepted.length).toBeGreaterThanOrEqual(60);
    expect(new Set(double.accepted).size).toBeGreaterThanOrEqual(60);
    expect(await redis.sendCommand(['CLIENT', 'ID'])).toBe(id);

    // No token can be signed: what is connected goes on, up to its 12 hours.
    signs = false;
    await untilNextAction(connected, clock);
    await until(() => connected.events.some(({ type }) => type === 'credential_failed'));
    const failure = connected.events.find((event) => event.type === 'credential_failed');
    expect(failure?.servesForSeconds).toBeGreaterThan(11 * 3_600);
    expect(await redis.sendCommand(['CLIENT', 'ID'])).toBe(id);
    expect(JSON.stringify(connected.events)).not.toContain('X-Amz-Signature');
  });

  test('a reconnect signs in with the token of the moment', async () => {
    const clock = manualClock();
    const user = `iam-again-${library}`;
    const double = new ElastiCacheDouble(leases().redis.adminUrl, user, 'limits');
    await double.create();
    const connected = await service(clock);
    const redis = connected.secrets.redisClient(
      {
        kind: 'elasticache-iam',
        user,
        cache: 'limits',
        region: 'eu-central-1',
        credentials: () => Promise.resolve(ACCESS_KEY),
      },
      { ...endpoint(), driver: double.behind(driver) },
    );
    const id = await first(redis, clock, 'CLIENT', 'ID');
    await untilNextAction(connected, clock);
    await until(() => rotations(connected) === 1);
    await redisCommand(leases().redis.adminUrl, ['CLIENT', 'KILL', 'USER', user]);
    await until(async () => expect(await redis.sendCommand(['CLIENT', 'ID'])).not.toBe(id));
    expect(new Set(double.accepted).size).toBe(2);
  });
});

describe('Upstash', () => {
  const upstash = async (token: string): Promise<UpstashServer> => {
    const server = await startUpstash(leases().redis.adminUrl, token);
    upstashes.push(server);
    return server;
  };
  const write = (path: string, { url }: { url: string }, token: string): Promise<unknown> =>
    leases().admin.write(path.replace('secret/', 'secret/data/'), {
      data: { UPSTASH_REDIS_URL: url, UPSTASH_REDIS_TOKEN: token },
    });

  test('raising the entry brings another database and token under load, without losing a command', async () => {
    const clock = manualClock();
    const [one, two] = [await upstash('token-1'), await upstash('token-2')];
    const path = 'secret/upstash-a';
    await write(path, one, 'token-1');
    const connected = await service(clock);
    const redis = connected.secrets.redisClient({ kind: 'upstash', path });
    expect(await first(redis, clock, 'SET', 'test:upstash', '0')).toBe('OK');

    let done = 0;
    const failures: unknown[] = [];
    let working = true;
    const work = async (): Promise<void> => {
      while (working) {
        await redis.sendCommand(['INCR', 'test:upstash']).then(
          () => (done += 1),
          (error: unknown) => failures.push(error),
        );
      }
    };
    const load = Array.from({ length: 20 }, work);
    try {
      await until(() => done > 200);
      await write(path, two, 'token-2');
      await clock.advance(31_000);
      await until(() => rotations(connected) === 1);
      const before = done;
      await until(() => done > before + 200);
    } finally {
      working = false;
    }
    await Promise.all(load);

    expect(failures).toEqual([]);
    expect(Number(await redis.sendCommand(['GET', 'test:upstash']))).toBe(done);
    expect(two.commands.length).toBeGreaterThan(200);
    const typed = await redis.use((requester) => Promise.resolve(new UpstashRedis(requester)));
    expect(await typed.incr('test:upstash')).toBe(done + 1);
    expect(JSON.stringify(connected.events)).not.toContain('token-');
  });

  test('a token that is refused is told, and the next version mends it', async () => {
    const clock = manualClock();
    const server = await upstash('right');
    const path = 'secret/upstash-b';
    await write(path, server, 'wrong');
    const connected = await service(clock);
    const redis = connected.secrets.redisClient({ kind: 'upstash', path });
    const answer = first(redis, clock, 'PING');
    await until(() => connected.events.some(({ type }) => type === 'credential_failed'));
    await write(path, server, 'right');
    await clock.advance(5_000);

    expect(await answer).toBe('PONG');
    expect(connected.events).toContainEqual(
      expect.objectContaining({
        type: 'credential_failed',
        message: expect.stringContaining('WRONGPASS') as string,
      }),
    );
  });

  test('an address that would send the token in the clear is refused', async () => {
    const path = 'secret/upstash-c';
    await write(path, { url: 'http://eu1.upstash.example' }, 'canary-token');
    const clock = manualClock();
    const connected = await service(clock);
    const redis = connected.secrets.redisClient({ kind: 'upstash', path });

    const error: unknown = await first(redis, clock, 'PING').catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'ERR_KV_SCHEMA' });
    expect(String(error)).toContain('UPSTASH_REDIS_URL');
    expect(String(error)).not.toContain('canary-token');
  });
});
