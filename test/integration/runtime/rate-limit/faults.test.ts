import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisCommands } from '@portcullis/runtime';
import { redisCommand } from '../../../../cli/src/local/servers/redis';
import { chargeScript } from '../../../../runtime/src/rate-limit/store/charge-script';
import { GuardedRedis } from '../../../../runtime/src/rate-limit/store/guarded-redis';
import { accessTo } from '../../../../runtime/src/redis';
import { RedisStore } from '../../../../runtime/src/rate-limit/store/redis-store';
import { ORGANISATIONS, startLoad, type Load, type LoadOptions } from './load';
import { countedInAll } from './counted';
import { connect, startRedis, type TestRedis } from './redis';
import { PATIENTLY } from '../../../support/patiently';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

describe('faults of a real Redis under load', () => {
  let server: TestRedis;
  let redis: Awaited<ReturnType<typeof connect>>;
  let load: Load;

  const admin = (...command: string[]): Promise<unknown> => redisCommand(server.url, command);

  beforeEach(async () => {
    server = await startRedis(['enable-protected-configs yes']);
    redis = await connect(server.url);
  });
  afterEach(async () => {
    await load.stop();
    redis.destroy();
    await server.stop();
  });

  /** What every fault has to leave untouched. */
  const expectNobodyHurt = (): void => {
    const answers = Object.fromEntries(load.answers);
    expect(Object.keys(answers).sort()).toEqual(
      ['/closed 200', '/local 200', '/open 200', ...('/closed 503' in answers ? ['/closed 503'] : [])].sort(),
    );
    expect(load.late).toEqual([]);
  };

  /** Not one decision is lost, and none is charged twice or forgotten. */
  const expectEveryCallCharged = async (): Promise<void> => {
    await load.stop();
    expectNobodyHurt();
    expect(load.events).toEqual([]);
    expect(load.undecided).toEqual(new Map());
    expect(await countedInAll(redis)).toBe([...load.answers.values()].reduce((sum, count) => sum + count, 0));
  };

  /** One outage, from a fault to its end. */
  const outage = async (
    fault: () => Promise<unknown>,
    end: () => Promise<unknown>,
    options?: LoadOptions,
  ): Promise<void> => {
    load = await startLoad(redis, options);
    await fault();
    await load.waitFor('down');
    await load.more(200);
    await end();
    await load.waitFor('up');
    await load.more(100);
    expectNobodyHurt();
    expect(load.answers.get('/closed 503')).toBeGreaterThan(0);
    expect(load.events.map(({ type }) => type)).toEqual(['store_down', 'store_up']);
  };

  test('killed and started again', async () => {
    await outage(
      () => server.kill('SIGKILL'),
      () => server.restart(),
      PATIENTLY,
    );
  });

  test('paused: nobody waits longer than the time-out, and no call is sent twice', async () => {
    await outage(
      () => server.kill('SIGSTOP'),
      () => server.kill('SIGCONT'),
    );
    expect(load.events[0]).toMatchObject({ failure: 'timeout' });
  });

  test.each([
    ['killed and started again', 'SIGKILL'],
    ['paused', 'SIGSTOP'],
  ] as const)('%s, while most calls are admitted from reserved blocks', async (_, signal) => {
    const blocks = async (): Promise<number> => (await redis.keys('portcullis:*:block:*')).length;
    await outage(
      async () => {
        await load.more(500);
        expect(await blocks()).toBeGreaterThan(0);
        await server.kill(signal);
      },
      () => (signal === 'SIGKILL' ? server.restart() : server.kill('SIGCONT')),
      { reserved: { tiers: ['free'] } },
    );
    await load.more(500);
    expect(await blocks()).toBeGreaterThan(0);
  });

  test('SCRIPT FLUSH: not one decision is lost, and none is charged twice', async () => {
    load = await startLoad(redis, PATIENTLY);
    for (let round = 0; round < 5; round += 1) {
      await admin('SCRIPT', 'FLUSH');
      await load.more(100);
    }
    await expectEveryCallCharged();
  });

  test('its clock set back by hours, and put right again: nothing that was spent is forgotten', async () => {
    load = await startLoad(onClock(redis), PATIENTLY);
    // Who is first seen while it is behind is forgotten as old once it is right; everybody is here before.
    while ((await redis.keys('portcullis:*')).length < ORGANISATIONS) await load.more(50);
    for (const seconds of ['-7200', '0', '-30000', '-30200', '0']) {
      await admin('SET', 'clock', seconds);
      await load.more(100);
    }
    await expectEveryCallCharged();
  });

  test("busy with somebody else's endless script, until SCRIPT KILL", async () => {
    await admin('CONFIG', 'SET', 'busy-reply-threshold', '200');
    let endless: Promise<unknown> = Promise.resolve();
    await outage(
      () => {
        endless = admin('EVAL', 'while true do end', '0').catch(() => undefined);
        return Promise.resolve();
      },
      () => admin('SCRIPT', 'KILL'),
    );
    await endless;
  });

  test('a replica that was a master', async () => {
    const master = await startRedis();
    await outage(
      () => admin('REPLICAOF', '127.0.0.1', String(master.port)),
      () => admin('REPLICAOF', 'NO', 'ONE'),
      PATIENTLY,
    );
    expect(load.events[0]).toMatchObject({ failure: 'error', redisError: 'READONLY' });
    await master.stop();
  });

  test('out of memory', async () => {
    await outage(
      () => admin('CONFIG', 'SET', 'maxmemory', '1'),
      () => admin('CONFIG', 'SET', 'maxmemory', '0'),
      PATIENTLY,
    );
    expect(load.events[0]).toMatchObject({ failure: 'error', redisError: 'OOM' });
  });

  test('unable to persist, and told to stop writing then', async () => {
    const gone = await mkdtemp(join(tmpdir(), 'portcullis-gone-'));
    await admin('CONFIG', 'SET', 'dir', gone);
    await admin('CONFIG', 'SET', 'save', '3600 1000000');
    await rm(gone, { recursive: true });
    await outage(
      () => admin('BGSAVE'),
      () => admin('CONFIG', 'SET', 'save', ''),
      PATIENTLY,
    );
    expect(load.events[0]).toMatchObject({ failure: 'error', redisError: 'MISCONF' });
  });

  test('a user whose password was changed under the limiter, until it is put right', async () => {
    const setUser = (password: string) =>
      admin('ACL', 'SETUSER', 'limiter', 'reset', 'on', '~*', '+@all', `>${password}`);
    await setUser('first');
    redis.destroy();
    redis = await connect(server.url.replace('://', '://limiter:first@'));
    await outage(
      async () => {
        await setUser('second');
        await admin('CLIENT', 'KILL', 'USER', 'limiter');
      },
      () => setUser('first'),
      PATIENTLY,
    );
  });
});

test('a charge that runs out of memory is made whole or not at all', async () => {
  const server = await startRedis();
  const redis = await connect(server.url);
  const script = chargeScript(`now = tonumber(redis.call('GET', 'now'))`);
  const store = new RedisStore(new GuardedRedis(accessTo(redis), { timeoutMs: 5_000 }), [60_000], script);
  const charge = async (nowMs: number, cost: number) => {
    await redis.set('now', nowMs);
    return store.charge({ client: 'acme', cost, limits: [100] });
  };
  const start = 1_800_000_000_000;
  await charge(start, 40);
  await charge(start + 30_000, 20);
  await redis.set('now', start + 70_000);
  await redis.configSet('maxmemory', '1');
  // A bucket has gone out of the window meanwhile: this charge rewrites the counter.
  const charged = await store.charge({ client: 'acme', cost: 1, limits: [100] }).then(
    () => 1,
    () => 0,
  );
  await redis.configSet('maxmemory', '0');

  expect((await charge(start + 70_000, 1)).used).toEqual([20 + charged + 1]);
  redis.destroy();
  await server.stop();
});

/**
 * A client whose scripts read Redis' clock as the key `clock` says it is off, in seconds: a server's clock cannot be
 * set back without that of the whole machine, and libfaketime does not load beside Redis' allocator.
 */
function onClock(redis: Awaited<ReturnType<typeof connect>>): RedisCommands {
  const names = new Map<string, string>();
  const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
  return {
    get isReady() {
      return redis.isReady;
    },
    sendCommand: ([command = '', script = '', ...rest]) => {
      if (command !== 'EVAL') return redis.sendCommand([command, names.get(script) ?? script, ...rest]);
      const off = `$&\ntime[1] = time[1] + (redis.call('GET', 'clock') or 0)`;
      const source = script.replace(/local time = redis\.call\('TIME'\)/, off);
      names.set(sha1(script), sha1(source));
      return redis.sendCommand([command, source, ...rest]);
    },
  };
}
