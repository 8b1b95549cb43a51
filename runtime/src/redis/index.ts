import type { RedisAccess } from './access';
import { ioRedisAccess, type IoRedisClusterCommands, type IoRedisCommands } from './ioredis';
import {
  nodeRedisAccess,
  nodeRedisClusterAccess,
  nodeRedisSentinelAccess,
  type RedisClusterCommands,
  type RedisCommands,
  type RedisSentinelCommands,
} from './node-redis';
import { upstashAccess, type UpstashCommands } from './upstash';

export type { RedisAccess } from './access';
export type { IoRedisClusterCommands, IoRedisCommands } from './ioredis';
export type { RedisClusterCommands, RedisCommands, RedisSentinelCommands, SendOptions } from './node-redis';
export { slotOf } from './slots';
export type { UpstashCommands } from './upstash';

/**
 * A client of a library that Portcullis can use: node-redis (`createClient`, `createCluster`, `createSentinel`, or the
 * rotating client of `SecretsManager.redisClient()`), ioredis (`Redis`, `Redis.Cluster`), @upstash/redis.
 */
export type RedisClient =
  | RedisCommands
  | RedisClusterCommands
  | RedisSentinelCommands
  | IoRedisCommands
  | IoRedisClusterCommands
  | UpstashCommands;

/** @throws TypeError when it is no such client, or one that would send a command twice. */
export function accessTo(redis: RedisClient): RedisAccess {
  const client = Object(redis) as RedisClient;
  if (onlyCollects(client))
    throw new TypeError(
      'received a pipeline or transaction, which sends nothing before exec(); expected the client that made it',
    );
  if ('call' in client) return ioRedisAccess(client);
  if ('acquire' in client) return nodeRedisSentinelAccess(client);
  if ('masters' in client) return nodeRedisClusterAccess(client);
  if ('sendCommand' in client) return nodeRedisAccess(client);
  if ('evalsha' in client) return upstashAccess(client);
  throw new TypeError('expected a client of node-redis, ioredis or @upstash/redis');
}

/** Clients of every library make pipelines or duplicates; what they make only collects commands, until `exec()`. */
function onlyCollects(client: object): boolean {
  return 'exec' in client && !('pipeline' in client) && !('duplicate' in client);
}
