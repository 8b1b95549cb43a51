import type { SendOptions } from '../../redis';
import { within, type Clock } from '../../time/clock';
import { SecretsError } from '../errors';
import type { Consumer, Generation, Lender } from '../lease/consumer';
import type { Credential } from '../lease/credential';
import { isBlocking } from './blocking';
import type { MakeLink, RedisLink, RedisTarget } from './drivers/driver';
import { RotatingConnection, type RotatingConnectionOptions } from './rotating-connection';

/** How long Redis may take to accept a user. */
const SIGN_IN_MS = 10_000;
/** How long commands wait for a connection that is down. */
const RECONNECT_MS = 30_000;
/** What remains of a drain after blocked commands were told to end. */
const UNBLOCKED_MS = 1_000;

/**
 * A Redis client whose user changes under load. Its connections stay; at a rotation each signs in as the new
 * user with AUTH, and only when the last one has left the old user is that one revoked. What this promises:
 *
 * - no command is lost or sent twice; one that was in flight when the connection broke rejects;
 * - a subscription goes on, on the same connection: no message is lost at a rotation, none comes twice;
 * - a blocking command goes on to its own end, for up to `drainSeconds`. One that is still waiting then is
 *   ended by CLIENT UNBLOCK and answers `null`, as if its time were up, where the role may (`+client|unblock`);
 *   otherwise its connection closes with the old user, and it rejects.
 */
export class RotatingRedis<Native = unknown> implements Consumer {
  readonly #main: RotatingConnection<Native>;
  /** For subscriptions and blocking commands; and what libraries duplicated. */
  readonly #others = new Set<RotatingConnection<unknown>>();
  readonly #idle: RotatingConnection<Native>[] = [];
  #serving: Credential | undefined;
  /** Settles when the connections beside the main one have signed in as the user that serves. */
  #following: Promise<unknown> = Promise.resolve();
  #refused: Credential | undefined;

  constructor(
    private readonly lender: Lender,
    private readonly clock: Clock,
    private readonly target: RedisTarget<Native>,
  ) {
    this.#main = this.#connection(target.link);
  }

  /** Whether a command would go out at once. The rate limiter decides without Redis while this is `false`. */
  get isReady(): boolean {
    return this.#serving !== undefined && this.#main.link.isReady;
  }

  /**
   * Sends one command. While Redis is away it waits, up to 30 s; a blocking command gets a connection of its own.
   *
   * @throws SecretsError `ERR_CREDENTIAL_EXPIRED`, `ERR_CREDENTIAL_UNAVAILABLE`, `ERR_REDIS_UNREACHABLE`; else
   * what Redis or the client library says.
   */
  sendCommand(args: readonly string[], options?: SendOptions): Promise<unknown> {
    if (isBlocking(args)) return this.#sendBlocking(args);
    if (this.isReady) return this.#main.link.sendCommand(args, options);
    return this.#ready(this.#main).then(({ link }) => link.sendCommand(args, options));
  }

  /**
   * Runs work with the library's own client: `MULTI`, pipelines, typed commands.
   *
   * @example
   * await redis.use((client) => client.multi().incr('a').incr('b').exec());
   */
  async use<T>(work: (client: Native) => Promise<T>): Promise<T> {
    const { link } = await this.#ready(this.#main);
    return work(link.native);
  }

  /**
   * One more client of the library, for subscriptions and blocking commands. It changes its user with the
   * others, and ends with the SecretsManager, or when you end it.
   *
   * @example
   * const subscriber = await redis.duplicate();
   * await subscriber.subscribe('rates', onRates);
   */
  async duplicate(): Promise<Native> {
    return (await this.#another()).link.native;
  }

  async prepare(credential: Credential): Promise<Generation> {
    const before = this.#serving;
    await this.#main.signInAs(credential, SIGN_IN_MS);
    let activated = false;
    return {
      activate: () => {
        activated = true;
        this.#serving = credential;
        this.#following = Promise.allSettled(
          this.#living().map((connection) => connection.follow(credential)),
        );
      },
      drain: (boundMs) => (this.#isPast(credential) ? this.#drainUser(boundMs) : this.#finish(boundMs)),
      close: async () => {
        if (!activated && before) await this.#main.signInAs(before, SIGN_IN_MS).catch(() => undefined);
        else if (!this.#isPast(credential)) this.expire();
      },
    };
  }

  expire(): void {
    this.#serving = undefined;
    for (const connection of [this.#main, ...this.#others]) connection.suspend();
  }

  #connection<N>(
    make: MakeLink<N>,
    more?: Pick<RotatingConnectionOptions<N>, 'held' | 'onOpen'>,
  ): RotatingConnection<N> {
    return new RotatingConnection({
      make,
      clock: this.clock,
      onRefused: () => this.#onRefused(),
      onDuplicate: (twin) => this.#adopt(twin),
      ...more,
    });
  }

  /** A library, or whoever holds a client, has duplicated it: what is opened follows the rotation, however often. */
  #adopt<N>(make: MakeLink<N>): RedisLink<N> {
    const connection: RotatingConnection<N> = this.#connection(make, {
      held: true,
      onOpen: () => {
        this.#others.add(connection);
        return this.#serving;
      },
    });
    return connection.link;
  }

  /** All connections meet the same refusal, again and again; the lease hears of it once and goes on by itself. */
  #onRefused(): void {
    const credential = this.#serving;
    if (credential === undefined || credential === this.#refused) return;
    this.#refused = credential;
    this.lender.refused(credential.user).catch(() => undefined);
  }

  /** The credential that serves, as soon as one does. */
  async #credential(): Promise<Credential> {
    await this.lender.ready();
    return this.#serving ?? this.#credential();
  }

  async #ready(connection: RotatingConnection<Native>): Promise<RotatingConnection<Native>> {
    await this.#credential();
    if (await connection.isReadyWithin(RECONNECT_MS)) return connection;
    throw new SecretsError(
      'ERR_REDIS_UNREACHABLE',
      `${this.target.name} has been away for ${RECONNECT_MS / 1_000} s`,
    );
  }

  async #another(): Promise<RotatingConnection<Native>> {
    const credential = await this.#credential();
    const connection = this.#connection(this.target.link);
    this.#others.add(connection);
    try {
      await connection.signInAs(credential, SIGN_IN_MS);
    } catch (error) {
      connection.suspend();
      this.#others.delete(connection);
      throw error;
    }
    return connection;
  }

  async #sendBlocking(args: readonly string[]): Promise<unknown> {
    const connection = this.#idle.pop() ?? (await this.#another());
    try {
      return await (await this.#ready(connection)).link.sendCommand(args);
    } finally {
      this.#idle.push(connection);
    }
  }

  /** Resolves when every connection has left the user before. */
  async #drainUser(boundMs: number): Promise<void> {
    if (await within(this.clock, boundMs, this.#following)) return;
    await this.#unblock(this.#living());
    await within(this.clock, UNBLOCKED_MS, this.#following);
  }

  /** Takes no command any more and waits for those in flight. */
  async #finish(boundMs: number): Promise<void> {
    this.#serving = undefined;
    const others = this.#living();
    const finish = async (): Promise<void> => {
      const finishing = others.map(({ link }) => link.finish());
      await this.#unblock(others);
      await Promise.allSettled(finishing);
      await this.#main.link.finish();
    };
    await within(this.clock, boundMs, finish());
  }

  /** Ends blocking commands as if their time were up: what they would have taken stays in Redis. */
  async #unblock(connections: readonly RotatingConnection<unknown>[]): Promise<void> {
    const unblocking = connections.map(async ({ clientId }) => {
      if (clientId !== undefined) await this.#main.link.sendCommand(['CLIENT', 'UNBLOCK', clientId]);
    });
    await Promise.allSettled(unblocking);
  }

  /** The connections beside the main one, without those that were ended by whoever holds them. */
  #living(): RotatingConnection<unknown>[] {
    for (const connection of this.#others) if (connection.isEnded) this.#others.delete(connection);
    return [...this.#others];
  }

  #isPast(credential: Credential): boolean {
    return this.#serving !== undefined && this.#serving !== credential;
  }
}
