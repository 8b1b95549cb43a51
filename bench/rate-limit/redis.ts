import { createClient } from 'redis';
import { RING } from '../../runtime/src/rate-limit/store/window';

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

/** Charges every bucket of every history. */
const MAKE_BUSY = `
for _, key in ipairs(redis.call('KEYS', '*')) do
  if redis.call('TYPE', key).ok == 'hash' then
    for slot = 0, tonumber(ARGV[1]) - 1 do redis.call('HSET', key, slot, 1000 + slot) end
  end
end`;

export async function probeRedis(url: string): Promise<RedisProbe> {
  const redis = createClient({ url, socket: { reconnectStrategy: false } });
  // A Redis that is gone makes the next command fail, which is told; without a listener this ends us first.
  redis.on('error', () => undefined);
  await redis.connect();
  const field = async (section: string, name: string): Promise<number> =>
    Number(new RegExp(`^${name}:(.*)$`, 'm').exec(await redis.info(section))?.[1]);

  const bytesOf = async (prepare: string, call: () => Promise<void>, clients: number): Promise<number> => {
    await redis.flushAll();
    const before = await field('memory', 'used_memory');
    await call();
    await redis.eval(prepare, { arguments: [String(RING)] });
    await redis.eval(MULTIPLY, { arguments: [String(clients)] });
    return (await field('memory', 'used_memory')) - before;
  };

  return {
    cpu: async () =>
      ((await field('cpu', 'used_cpu_user')) + (await field('cpu', 'used_cpu_sys'))) * 1_000_000,
    memory: async (call, clients) => ({
      quiet: await bytesOf('', call, clients),
      busy: await bytesOf(MAKE_BUSY, call, clients),
    }),
    close: () => redis.destroy(),
  };
}
