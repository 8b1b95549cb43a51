import { SecretsError } from '../../errors';
import { HIDING } from '../../secret';
import { isRefusal, reconnectPauseMs, type MakeLink, type RedisDriver } from './driver';

/** What the driver needs of an ioredis client; the library itself is the app's to install. */
export interface IoredisClient {
  readonly status: string;
  readonly options: { retryStrategy?: unknown };
  connect(...args: unknown[]): Promise<void>;
  call(command: string, ...args: string[]): Promise<unknown>;
  quit(): Promise<unknown>;
  disconnect(): void;
  duplicate(override?: object): unknown;
  on(event: string, listener: (...args: never[]) => void): unknown;
}

/**
 * The driver for ioredis 5 and later.
 *
 * @param Client ioredis' class, of the version that the app uses.
 * @example
 * import { Redis } from 'ioredis';
 * const redis = secrets.redisClient('redis-role', { host: 'cache.internal', driver: ioredis(Redis) });
 */
export function ioredis<Client extends IoredisClient>(
  Client: new (options: object) => Client,
): RedisDriver<Client> {
  if (typeof Client !== 'function') {
    throw new SecretsError(
      'ERR_SECRETS_CONFIG',
      "ioredis() expects ioredis' class: import { Redis } from 'ioredis'",
    );
  }
  return {
    create: ({ host, port, tls, database }, ...asked) =>
      linkOf(
        new Client({
          host,
          port,
          ...(tls && { tls: {} }),
          ...(database !== undefined && { db: database }),
          lazyConnect: true,
          maxRetriesPerRequest: null,
          // ioredis would send again what may have been carried out already.
          autoResendUnfulfilledCommands: false,
        }),
        ...asked,
      ),
  };
}

/** The link of a client that was made, but not connected yet. */
function linkOf<Client extends IoredisClient>(
  native: Client,
  ...[credentials, { onReady, onRefused, onDuplicate }]: Parameters<MakeLink>
): ReturnType<MakeLink<Client>> {
  let opening = false;
  let failure: Error | undefined;
  const connect = native.connect.bind(native);
  const duplicate = native.duplicate.bind(native);
  const hooks: Pick<IoredisClient, 'connect' | 'duplicate'> = {
    /** Every way to connect comes here, and ioredis reads these options then. */
    connect: (...args) => {
      const { user, password } = credentials();
      Object.assign(native.options, { username: user, password: password.reveal() });
      return connect(...args);
    },
    duplicate: (override: { readonly lazyConnect?: boolean; readonly retryStrategy?: unknown } = {}) => {
      const make: MakeLink<Client> = (...asked) =>
        linkOf(duplicate({ ...override, lazyConnect: true }) as Client, ...asked);
      const twin = onDuplicate(make).native;
      if (override.retryStrategy !== undefined) twin.options.retryStrategy = override.retryStrategy;
      if (override.lazyConnect === false) twin.connect().catch(() => undefined);
      return twin;
    },
  };
  Object.assign(native, hooks);
  // Its options hold the password.
  Object.defineProperties(native, HIDING);
  native.options.retryStrategy = (attempt: number) => (opening ? null : reconnectPauseMs(attempt));
  native.on('ready', onReady);
  native.on('error', (error: Error) => {
    Reflect.deleteProperty(error, 'command');
    failure = error;
    if (!opening && isRefusal(error)) onRefused(error);
  });
  // Told not to send commands again, ioredis forgets those in flight, and their callers would wait for ever.
  native.on('close', () => {
    (native as unknown as Flushing).flushQueue(new Error('the connection to Redis was lost'), {
      offlineQueue: false,
    });
  });

  return {
    native,
    get isReady() {
      return native.status === 'ready';
    },
    get isOpen() {
      return native.status !== 'wait' && native.status !== 'end';
    },
    connect: async () => {
      opening = true;
      try {
        await native.connect();
      } catch (error) {
        throw failure ?? error;
      } finally {
        opening = false;
      }
    },
    sendCommand: ([command = '', ...args]) => native.call(command, ...args),
    authenticate: ({ user, password }) =>
      native.call('AUTH', user, password.reveal()).then(() => undefined, forgetCommand),
    identify: () => native.call('CLIENT', 'ID'),
    finish: async () => {
      await native.quit();
    },
    disconnect: () => native.disconnect(),
  };
}

/** ioredis notes on an error what was sent: of a sign-in the password, which whoever prints the error would show. */
function forgetCommand(error: unknown): never {
  Reflect.deleteProperty(error as Error, 'command');
  throw error;
}

/** ioredis' own way to reject what it holds; not in its types. */
interface Flushing {
  flushQueue(error: Error, which: { offlineQueue: boolean }): void;
}
