import { createClient } from 'redis';
import { isRefusal, type RedisConnection, type RedisDriver } from './driver';

/** node-redis' own client. */
export type NodeRedisClient = ReturnType<typeof createClient>;

const LONGEST_PAUSE_MS = 2_000;

/** The driver for node-redis 5 and later: the default. */
export function nodeRedis(): RedisDriver<NodeRedisClient> {
  return {
    connect: async (endpoint, { user, password }, onRefused) => {
      const { host, port, tls, database } = endpoint;
      let connected = false;
      const client = createClient({
        username: user,
        password: password.reveal(),
        ...(database !== undefined && { database }),
        socket: {
          host,
          port,
          ...(tls && { tls: true as const }),
          reconnectStrategy: (retries, cause) => {
            if (isRefusal(cause)) {
              onRefused();
              return cause;
            }
            return connected ? Math.min(LONGEST_PAUSE_MS, 50 * 2 ** retries) : cause;
          },
        },
      });
      client.on('error', (error: unknown) => {
        if (connected && isRefusal(error)) onRefused();
      });
      await client.connect();
      connected = true;
      return toConnection(client as NodeRedisClient);
    },
  };
}

function toConnection(client: NodeRedisClient): RedisConnection<NodeRedisClient> {
  return {
    native: client,
    sendCommand: (args) => client.sendCommand([...args]),
    finish: () => client.close().then(() => undefined),
    destroy: () => {
      if (client.isOpen) client.destroy();
    },
  };
}
