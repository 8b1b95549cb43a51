import { within, type Clock } from '../clock';
import type { Consumer, Generation } from '../lease/consumer';
import type { Credential } from '../lease/credential';
import type { Lease } from '../lease/lease';
import { isRefusal, type RedisConnection, type RedisDriver, type RedisEndpoint } from './driver';

/**
 * A Redis client whose user and password change under load. During a rotation two connections exist: new
 * commands go to the new one, the old one is closed when its last answer has come.
 */
export class RotatingRedis<Native = unknown> implements Consumer {
  #current: { readonly connection: RedisConnection<Native>; readonly user: string } | undefined;

  constructor(
    private readonly lease: Lease,
    private readonly clock: Clock,
    private readonly endpoint: RedisEndpoint,
    private readonly driver: RedisDriver<Native>,
  ) {}

  /**
   * Sends one command, as node-redis' own `sendCommand`. A command refused with NOAUTH or WRONGPASS was not
   * executed: the lease is replaced and the command sent again, once.
   */
  sendCommand(args: readonly string[]): Promise<unknown> {
    return this.use((_, connection) => connection.sendCommand(args));
  }

  /**
   * Runs work with the library's own client, which stays open until the returned promise settles: for
   * `MULTI`, pipelines and typed commands.
   *
   * @example
   * await redis.use((client) => client.multi().incr('a').incr('b').exec());
   */
  use<T>(work: (client: Native, connection: RedisConnection<Native>) => Promise<T>): Promise<T> {
    const current = this.#current;
    if (current === undefined) return this.#whenReady(work);
    return work(current.connection.native, current.connection).catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      return this.lease.refused(current.user).then(() => this.#whenReady(work));
    });
  }

  async prepare({ user, password }: Credential): Promise<Generation> {
    const onRefused = (): void => void this.lease.refused(user).catch(() => undefined);
    const connection = await this.driver.connect(this.endpoint, { user, password }, onRefused);
    try {
      await connection.sendCommand(['PING']);
    } catch (error) {
      connection.destroy();
      throw error;
    }
    return {
      activate: () => {
        this.#current = { connection, user };
      },
      drain: async (boundMs) => {
        await within(this.clock, boundMs, connection.finish());
      },
      close: () => {
        connection.destroy();
        return Promise.resolve();
      },
    };
  }

  expire(): void {
    this.#current = undefined;
  }

  async #whenReady<T>(work: (client: Native, connection: RedisConnection<Native>) => Promise<T>): Promise<T> {
    await this.lease.ready();
    if (this.#current === undefined) return this.#whenReady(work);
    const { connection } = this.#current;
    return work(connection.native, connection);
  }
}
