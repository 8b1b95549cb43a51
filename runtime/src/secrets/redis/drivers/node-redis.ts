import type * as Redis from 'redis';
import { isRefusal, reconnectPauseMs, type RedisDriver } from './driver';

/** node-redis' own client. */
export type NodeRedisClient = ReturnType<typeof Redis.createClient>;

/** The driver for node-redis 5 and later: the default. */
export function nodeRedis(): RedisDriver<NodeRedisClient> {
  // Loaded when it is used: an app without Redis, or with ioredis, does not wait for it at the start.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { createClient } = require('redis') as typeof Redis;
  return {
    create: ({ host, port, tls, database }, credentials, { onReady, onRefused }) => {
      let opening = false;
      // The types are written out: what TypeScript infers of the defaults is not assignable to NodeRedisClient.
      const native: NodeRedisClient = createClient<
        Redis.RedisModules,
        Redis.RedisFunctions,
        Redis.RedisScripts,
        Redis.RespVersions,
        Redis.TypeMapping
      >({
        credentialsProvider: {
          type: 'async-credentials-provider',
          credentials: () => {
            const { user, password } = credentials();
            return Promise.resolve({ username: user, password: password.reveal() });
          },
        },
        ...(database !== undefined && { database }),
        socket: {
          host,
          port,
          ...(tls && { tls: true as const }),
          reconnectStrategy: (retries, cause) => {
            if (opening) return cause;
            if (isRefusal(cause)) onRefused(cause);
            return reconnectPauseMs(retries + 1); // node-redis counts from 0.
          },
        },
      });
      native.on('ready', onReady);
      // Without a listener an 'error' event would end the process. Errors of connections reach the strategy above.
      native.on('error', () => undefined);

      return {
        native,
        get isReady() {
          return native.isReady;
        },
        get isOpen() {
          return native.isOpen;
        },
        connect: async () => {
          opening = true;
          try {
            await native.connect();
          } catch (error) {
            throw causeOf(error);
          } finally {
            opening = false;
          }
        },
        sendCommand: (args, options) => native.sendCommand([...args], options),
        authenticate: async ({ user, password }) => {
          await native.sendCommand(['AUTH', user, password.reveal()]);
        },
        identify: () => native.sendCommand(['CLIENT', 'ID']),
        finish: async () => {
          if (native.isOpen) await native.close();
        },
        disconnect: () => native.destroy(),
      };
    },
  };
}

/** node-redis wraps what its strategy returned. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && 'originalError' in error ? error.originalError : error;
}
