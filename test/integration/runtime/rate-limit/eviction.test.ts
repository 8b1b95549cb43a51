import { rateLimit, type RateLimitEvent, type RateLimiter } from '@portcullis/runtime';
import { redisCommand } from '../../../../cli/src/local/servers/redis';
import { until } from '../../../support/until';
import { serve } from './app';
import { outagePolicy } from './load';
import { connect, startRedis, type TestRedis } from './redis';

describe('a Redis that would evict counters', () => {
  let server: TestRedis;
  let redis: Awaited<ReturnType<typeof connect>>;
  let events: RateLimitEvent[];
  const admin = (...command: string[]): Promise<unknown> => redisCommand(server.url, command);
  const limiterOn = (client: typeof redis): RateLimiter => {
    const told: RateLimitEvent[] = (events = []);
    return rateLimit({ policy: outagePolicy, redis: client, onEvent: (event) => told.push(event) });
  };

  beforeEach(async () => {
    server = await startRedis();
    redis = await connect(server.url);
  });
  afterEach(async () => {
    redis.destroy();
    await server.stop();
  });

  test.each(['allkeys-lru', 'volatile-ttl'])(
    '%s is told at the start, before any request',
    async (policy) => {
      await admin('CONFIG', 'SET', 'maxmemory-policy', policy);
      const limiter = limiterOn(redis);
      await until(() => events.length > 0);
      expect(events).toEqual([{ type: 'store_evicts', policy }]);
      expect(limiter.storeState()).toEqual({ up: true, evicts: policy });
    },
  );

  test('noeviction is not worth a word', async () => {
    const limiter = limiterOn(redis);
    const app = await serve(limiter);
    expect((await app.call('GET', '/local', { organisation: 'acme' })).status).toBe(200);
    expect(events).toEqual([]);
    expect(limiter.storeState()).toEqual({ up: true });
    await app.close();
  });

  test('a Redis that comes back is asked again: it may be another one', async () => {
    const limiter = limiterOn(redis);
    const app = await serve(limiter);
    const call = () => app.call('GET', '/local', { organisation: 'acme' });
    await call();
    await server.kill('SIGKILL');
    await until(() => !redis.isReady);
    await call();
    await server.restart();
    await admin('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lfu');
    await until(async () => {
      await call();
      if (limiter.storeState().evicts === undefined) throw new Error('not asked yet');
    });
    expect(events.map(({ type }) => type)).toEqual(['store_down', 'store_up', 'store_evicts']);
    await app.close();
  });

  test('a user that may not ask is told of as well', async () => {
    await admin('ACL', 'SETUSER', 'limiter', 'on', '>secret', '~portcullis:*', '+@all', '-info');
    const limited = await connect(server.url.replace('://', '://limiter:secret@'));
    limiterOn(limited);
    await until(() => events.length > 0);
    expect(events).toEqual([{ type: 'store_evicts', policy: 'unknown' }]);
    limited.destroy();
  });
});
