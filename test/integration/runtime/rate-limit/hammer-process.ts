/**
 * One of the processes that hammer one client: `node hammer.js <redis> <mode>`,
 * until its standard input ends.
 * Each admission is a line on standard output, the moment when it was decided in milliseconds since the epoch,
 * written at once, so that nothing that was admitted is lost with a killed process.
 */
import { writeSync } from 'node:fs';
import { createClient } from 'redis';
import { GuardedRedis } from '../../../../runtime/src/rate-limit/store/guarded-redis';
import { RedisBlockStore } from '../../../../runtime/src/rate-limit/reserved/block-store';
import { ReservedBlocks } from '../../../../runtime/src/rate-limit/reserved/reserved-blocks';
import { accessTo } from '../../../../runtime/src/redis';
import { RedisStore } from '../../../../runtime/src/rate-limit/store/redis-store';
import { Shape, stemOf } from '../../../../runtime/src/rate-limit/store/shape';
import { HAMMERED } from './hammered';

async function main(url: string, mode: string): Promise<void> {
  const redis = createClient({ url, disableOfflineQueue: true });
  redis.on('error', () => undefined);
  await redis.connect();
  const guarded = new GuardedRedis(accessTo(redis), { timeoutMs: 1_000 });
  const store = new RedisStore(guarded, HAMMERED.windowsMs);

  // A block's admission is decided when the clock is read. The wall clock, which all processes share, is read
  // just before it: a stop in between makes the admission look earlier than it was, never later.
  let readAtMs = 0;
  const clock = (): number => {
    readAtMs = Date.now();
    return performance.now();
  };
  const blocks = new ReservedBlocks(new RedisBlockStore(guarded, HAMMERED.windowsMs), undefined, clock);
  setInterval(() => blocks.sweep(), blocks.lifeMs).unref();

  const { client, limits } = HAMMERED;
  // Each process is a user of its own in the shorter window; all of them share the longer one.
  const shape = new Shape(HAMMERED.windowsMs);
  const keys = shape.keys([stemOf(client, `user-${process.pid}`), stemOf(client)]);
  const counters = mode === 'nested' ? { id: `${process.pid}`, shape, keys } : undefined;
  let working = true;
  const stop = (): void => {
    working = false;
    // Whatever is still open then.
    setTimeout(() => process.exit(1), 10_000).unref();
  };
  process.stdin.once('end', stop).resume();
  const hammer = async (): Promise<void> => {
    while (working) {
      const request = { client, cost: 1, limits, ...(counters && { counters }) };
      const reserved = mode === 'reserved' ? blocks.spend(request) : undefined;
      if (reserved !== undefined) {
        writeSync(1, `${readAtMs} block\n`);
        if (Math.random() < 0.1) await new Promise((resolve) => setTimeout(resolve, 1));
        continue;
      }
      const decision = await store.charge(request).catch(() => undefined);
      if (decision?.allowed) writeSync(1, `${decision.nowMs} store\n`);
      if (mode === 'reserved' && decision) blocks.decided(request, decision);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
    }
  };
  await Promise.all([hammer(), hammer(), hammer(), hammer()]);
  await blocks.close();
  redis.destroy();
}

const [url = '', mode = ''] = process.argv.slice(2);
void main(url, mode);
