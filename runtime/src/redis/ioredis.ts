import { scriptArguments, type RedisAccess } from './access';

/** What ioredis' `Redis` has. It must be made with `autoResendUnfulfilledCommands: false`. */
export interface IoRedisCommands {
  call(command: string, ...args: string[]): Promise<unknown>;
  readonly status: string;
  readonly isCluster: boolean;
  readonly options: {
    readonly autoResendUnfulfilledCommands?: boolean | undefined;
    readonly retryDelayOnFailover?: number | undefined;
  };
}

/** What ioredis' `Cluster` has. It must be made with `retryDelayOnFailover: 0`. */
export interface IoRedisClusterCommands extends IoRedisCommands {
  nodes(role: 'master'): readonly IoRedisCommands[];
}

/**
 * Access through ioredis, one server or a cluster.
 *
 * @throws TypeError when the client would send a command again after its connection broke: Redis may have carried
 * the command out, and a call would be charged twice.
 */
export function ioRedisAccess(redis: IoRedisCommands | IoRedisClusterCommands): RedisAccess {
  refuseResending(redis);
  return {
    get ready() {
      return redis.status === 'ready';
    },
    // Made with `lazyConnect: true`.
    get idle() {
      return redis.status === 'wait';
    },
    clustered: redis.isCluster,
    evalsha: (sha, keys, args) => redis.call('EVALSHA', ...scriptArguments(sha, keys, args)),
    eval: (source, keys, args) => redis.call('EVAL', ...scriptArguments(source, keys, args)),
    memoryInfo: () => {
      const servers = 'nodes' in redis ? redis.nodes('master') : [redis];
      return Promise.all(servers.map(async (server) => String(await server.call('INFO', 'memory'))));
    },
  };
}

function refuseResending({ isCluster, options }: IoRedisCommands): void {
  const [name, value, expected] = isCluster
    ? (['retryDelayOnFailover', options.retryDelayOnFailover, 0] as const)
    : (['autoResendUnfulfilledCommands', options.autoResendUnfulfilledCommands, false] as const);
  if (value !== expected)
    throw new TypeError(
      `received an ioredis client with ${name}: ${String(value)}; expected ${name}: ${String(expected)}, because a command sent again may be charged twice`,
    );
}
