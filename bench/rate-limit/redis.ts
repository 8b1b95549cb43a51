import { createClient } from 'redis';
import { chargeScript, type Script } from '../../runtime/src/rate-limit/store/charge-script';
import { RedisStore } from '../../runtime/src/rate-limit/store/redis-store';
import { Shape } from '../../runtime/src/rate-limit/store/shape';
import { BUCKETS } from '../../runtime/src/rate-limit/store/window';
import type { RedisCommands } from '../../runtime/src/redis';
import { nodeRedisAccess } from '../../runtime/src/redis/node-redis';
import { WINDOW_SECONDS } from '../lib/policy';

/** Bytes that Redis holds for so many clients of a limiter. */
export interface Memory {
  /** Clients that called once. */
  readonly quiet: number;
  /** Clients that called all the time. More than the above only where a limiter keeps a history. */
  readonly busy: number;
}

/** The benchmark's own eyes on Redis. */
export interface RedisProbe {
  /** User and system time that Redis has used so far, in microseconds. */
  cpu(): Promise<number>;
  /** What `clients` clients take, made by copying what one call of one client leaves behind. */
  memory(call: () => Promise<void>, clients: number): Promise<Memory>;
  close(): void;
}

/** Copies each key so often, under names as long as its own. */
const MULTIPLY = `
for _, key in ipairs(redis.call('KEYS', '*')) do
  local stem = string.sub(key, 1, -8)
  for copy = 1, tonumber(ARGV[1]) do redis.call('COPY', key, stem .. string.format('%07d', copy)) end
  redis.call('DEL', key)
end`;

/** The clock of {@link makeBusy}: a window in a moment. */
const CLOCK_KEY = 'bench:now';
const SCRIPT = chargeScript(`now = tonumber(redis.call('GET', '${CLOCK_KEY}'))`);

/** Charges every bucket of a counter in turn, as its client would by calling all the time. */
async function makeBusy(redis: RedisCommands, counter: string): Promise<void> {
  const access = nodeRedisAccess(redis);
  const run = ({ sha, source }: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> =>
    access.evalsha(sha, keys, args).catch(() => access.eval(source, keys, args));
  const windowMs = WINDOW_SECONDS * 1_000;
  const store = new RedisStore({ clustered: false, run }, [windowMs], SCRIPT);
  const counters = { id: counter, shape: new Shape([windowMs]), keys: [counter] };
  const startMs = Date.now();
  for (let bucket = 1; bucket <= BUCKETS + 1; bucket += 1) {
    const nowMs = Math.ceil(startMs + (bucket * windowMs) / BUCKETS);
    await redis.sendCommand(['SET', CLOCK_KEY, String(nowMs)]);
    await store.charge({ client: counter, cost: 1_000 + bucket, limits: [Infinity], counters });
  }
  await redis.sendCommand(['DEL', CLOCK_KEY]);
}

export async function probeRedis(url: string): Promise<RedisProbe> {
  const redis = createClient({ url, socket: { reconnectStrategy: false } });
  // A Redis that is gone makes the next command fail, which is told; without a listener this ends us first.
  redis.on('error', () => undefined);
  await redis.connect();
  const field = async (section: string, name: string): Promise<number> =>
    Number(new RegExp(`^${name}:(.*)$`, 'm').exec(await redis.info(section))?.[1]);

  const bytesOf = async (isBusy: boolean, call: () => Promise<void>, clients: number): Promise<number> => {
    await redis.flushAll();
    const before = await field('memory', 'used_memory');
    await call();
    // The scripts stay, and are no client's.
    if (isBusy) for (const key of await redis.keys('portcullis:*')) await makeBusy(redis, key);
    await redis.eval(MULTIPLY, { arguments: [String(clients)] });
    return (await field('memory', 'used_memory')) - before;
  };

  return {
    cpu: async () =>
      ((await field('cpu', 'used_cpu_user')) + (await field('cpu', 'used_cpu_sys'))) * 1_000_000,
    memory: async (call, clients) => ({
      quiet: await bytesOf(false, call, clients),
      busy: await bytesOf(true, call, clients),
    }),
    close: () => redis.destroy(),
  };
}
