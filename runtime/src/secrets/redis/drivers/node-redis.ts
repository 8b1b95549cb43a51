import type { Redis } from '../../../peer-types';
import { missingPeer } from '../../optional-peer';
import { isRefusal, reconnectPauseMs, type MakeLink, type RedisDriver } from './driver';

/** node-redis' own client. */
export type NodeRedisClient = ReturnType<typeof Redis.createClient>;

/** The driver for node-redis 5 and later: the default. */
export function nodeRedis(): RedisDriver<NodeRedisClient> {
  const { createClient } = loadRedis();
  return {
    create: ({ host, port, tls, database }, ...asked) =>
      linkOf(
        ({ socket, ...signIn }) =>
          // The types are written out: what TypeScript infers of the defaults is not assignable to NodeRedisClient.
          createClient<
            Redis.RedisModules,
            Redis.RedisFunctions,
            Redis.RedisScripts,
            Redis.RespVersions,
            Redis.TypeMapping
          >({
            ...signIn,
            ...(database !== undefined && { database }),
            socket: { host, port, ...(tls && { tls: true as const }), ...socket },
          }),
        ...asked,
      ),
  };
}

/** Loaded when it is used: an app without Redis, or with ioredis, need not have it. @throws SecretsError */
function loadRedis(): typeof Redis {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('redis') as typeof Redis;
  } catch (cause) {
    throw missingPeer('redis', 'nodeRedis()', cause);
  }
}

/** What of a client's options belongs to its link. */
interface LinkOptions {
  readonly credentialsProvider: NonNullable<Redis.RedisClientOptions['credentialsProvider']>;
  readonly socket: { readonly reconnectStrategy: (retries: number, cause: Error) => number | Error };
}

function linkOf(
  make: (options: LinkOptions) => NodeRedisClient,
  ...[credentials, { onReady, onRefused, onDuplicate }]: Parameters<MakeLink>
): ReturnType<MakeLink<NodeRedisClient>> {
  let opening = false;
  const native = make({
    credentialsProvider: {
      type: 'async-credentials-provider',
      credentials: () => {
        const { user, password } = credentials();
        return Promise.resolve({ username: user, password: password.reveal() });
      },
    },
    socket: {
      reconnectStrategy: (retries, cause) => {
        if (opening) return cause;
        if (isRefusal(cause)) onRefused(cause);
        return reconnectPauseMs(retries + 1); // node-redis counts from 0.
      },
    },
  });
  const duplicate = native.duplicate.bind(native) as (options: object) => NodeRedisClient;
  const twinOf = (overrides: Redis.RedisClientOptions = {}): NodeRedisClient =>
    onDuplicate<NodeRedisClient>((...asked) =>
      linkOf(
        ({ socket, ...signIn }) =>
          duplicate({
            ...overrides,
            ...signIn,
            socket: { ...native.options.socket, ...overrides.socket, ...socket },
          }),
        ...asked,
      ),
    ).native;
  native.duplicate = twinOf as typeof native.duplicate;
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
}

/** node-redis wraps what its strategy returned. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && 'originalError' in error ? error.originalError : error;
}
