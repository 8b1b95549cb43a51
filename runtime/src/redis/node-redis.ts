import { scriptArguments, type RedisAccess } from './access';

/** How node-redis sends a command. */
export interface SendOptions {
  /** How long the command may wait to be sent, ms; 0: without a timer. */
  readonly timeout: number;
}

/**
 * The method that node-redis' clients have, and so does the rotating client of `SecretsManager.redisClient()`.
 *
 * The user that it signs in as needs, on the keys `portcullis:*`: EVALSHA, EVAL, TIME, MGET, SET,
 * SETRANGE, PTTL, DEL; and INFO, to see whether Redis would evict the counters.
 */
export interface RedisCommands {
  sendCommand(args: string[], options?: SendOptions): Promise<unknown>;
  /** `false` while there is no connection. The limiter then decides by its outage policy, at once. */
  readonly isReady?: boolean;
}

/**
 * What node-redis' `createCluster()` gives. Make it with `topologyRefreshOnReconnectionAttemptStrategy: 250` (ms):
 * by default it tries a dead master for five seconds before it looks for the one that took over its slots.
 */
export interface RedisClusterCommands {
  sendCommand(
    firstKey: string | undefined,
    isReadonly: boolean,
    args: string[],
    options?: SendOptions,
  ): Promise<unknown>;
  readonly isReady: boolean;
  readonly masters: readonly object[];
  nodeClient(node: object): RedisCommands | Promise<RedisCommands>;
}

/**
 * What node-redis' `createSentinel()` gives. Make it with `maxCommandRediscovers: 0`: by default it sends a command
 * again whose connection broke, and a call that Redis had carried out is charged twice.
 */
export interface RedisSentinelCommands {
  sendCommand(isReadonly: boolean, args: string[], options?: SendOptions): Promise<unknown>;
  readonly isReady: boolean;
  acquire(): Promise<unknown>;
}

/**
 * Commands go without node-redis' timer, which runs on after the reply and costs more than the command. GuardedRedis
 * has a shorter time-out of its own.
 */
const UNTIMED: SendOptions = { timeout: 0 };

const MEMORY_INFO = ['INFO', 'memory'];

/** Access through node-redis, or through whatever has its `sendCommand`. */
export function nodeRedisAccess(redis: RedisCommands): RedisAccess {
  return {
    get ready() {
      return redis.isReady !== false;
    },
    clustered: false,
    evalsha: (sha, keys, args) =>
      redis.sendCommand(['EVALSHA', ...scriptArguments(sha, keys, args)], UNTIMED),
    eval: (source, keys, args) =>
      redis.sendCommand(['EVAL', ...scriptArguments(source, keys, args)], UNTIMED),
    memoryInfo: async () => [String(await redis.sendCommand(MEMORY_INFO))],
  };
}

/** Access through a cluster client of node-redis, which follows MOVED and ASK by itself. */
export function nodeRedisClusterAccess(cluster: RedisClusterCommands): RedisAccess {
  const send = (keys: readonly string[], command: string[]): Promise<unknown> =>
    cluster.sendCommand(keys[0], false, command, UNTIMED);
  return {
    get ready() {
      return cluster.isReady;
    },
    clustered: true,
    evalsha: (sha, keys, args) => send(keys, ['EVALSHA', ...scriptArguments(sha, keys, args)]),
    eval: (source, keys, args) => send(keys, ['EVAL', ...scriptArguments(source, keys, args)]),
    memoryInfo: () =>
      Promise.all(
        cluster.masters.map(async (node) => {
          const client = await cluster.nodeClient(node);
          return String(await client.sendCommand(MEMORY_INFO));
        }),
      ),
  };
}

/** Access through a Sentinel client of node-redis, which finds the new master by itself. */
export function nodeRedisSentinelAccess(sentinel: RedisSentinelCommands): RedisAccess {
  const send = (command: string[]): Promise<unknown> => sentinel.sendCommand(false, command, UNTIMED);
  return {
    get ready() {
      return sentinel.isReady;
    },
    clustered: false,
    evalsha: (sha, keys, args) => send(['EVALSHA', ...scriptArguments(sha, keys, args)]),
    eval: (source, keys, args) => send(['EVAL', ...scriptArguments(source, keys, args)]),
    memoryInfo: async () => [String(await send(MEMORY_INFO))],
  };
}
