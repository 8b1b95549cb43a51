import { within, type Clock } from '../../time/clock';
import {
  isErrorReply,
  type MakeLink,
  type RedisCredentials,
  type RedisLink,
  type RedisLinkEvents,
} from './drivers/driver';

export interface RotatingConnectionOptions<Native> {
  readonly make: MakeLink<Native>;
  readonly clock: Clock;
  /** Whoever holds the library's client opens and ends it; here only its user is changed. @default false */
  readonly held?: boolean;
  /** The user to sign in as when whoever holds it opens it, maybe after it was ended. */
  readonly onOpen?: () => RedisCredentials | undefined;
  readonly onDuplicate: RedisLinkEvents['onDuplicate'];
  /** The server does not know the user any more, and nobody is signing in as another one. */
  readonly onRefused: () => void;
}

/**
 * A connection whose user changes while it is open. AUTH on a living connection takes effect between two
 * commands and keeps subscriptions, and when it fails the old user stays. A connection that is down changes
 * its user by the handshake of its next connect.
 * https://redis.io/docs/latest/commands/auth/
 */
export class RotatingConnection<Native> {
  readonly link: RedisLink<Native>;
  /** The user that the next handshake signs in as. */
  #credentials: RedisCredentials | undefined;
  /** The user that the last handshake asked for. */
  #asked: RedisCredentials | undefined;
  /** The user that the server takes this connection for. */
  #user: RedisCredentials | undefined;
  #clientId: string | undefined;
  #opening: Promise<void> | undefined;
  #suspended: boolean;
  #ready = new Signal();
  #refuse: ((error: Error) => void) | undefined;

  constructor(private readonly options: RotatingConnectionOptions<Native>) {
    this.#suspended = !options.held;
    const credentials = (): RedisCredentials => {
      this.#credentials = options.onOpen?.() ?? this.#credentials;
      if (this.#credentials === undefined) throw new Error('there are no credentials to sign in with');
      return (this.#asked = this.#credentials);
    };
    this.link = options.make(credentials, {
      onReady: () => this.#onReady(),
      onRefused: (error) => this.#onRefused(error),
      onDuplicate: (make) => options.onDuplicate(make),
    });
  }

  /** Whether it was ended by whoever holds the library's client. */
  get isEnded(): boolean {
    return !this.#suspended && !this.link.isOpen;
  }

  /** The connection's ID on the server, for CLIENT UNBLOCK. */
  get clientId(): string | undefined {
    return this.#clientId;
  }

  /**
   * Resolves when the server knows this connection as that user; opens the connection where it is not.
   *
   * @throws what the server or the network said, or Error when `boundMs` has passed: then the user stays who it was.
   */
  async signInAs(credentials: RedisCredentials, boundMs: number): Promise<void> {
    const before = this.#credentials;
    const refused = new Promise<never>((_, reject) => (this.#refuse = reject));
    const outcome = Promise.race([this.follow(credentials), refused]);
    try {
      if (!(await within(this.options.clock, boundMs, outcome))) {
        throw new Error(`Redis did not accept the new user within ${boundMs} ms`);
      }
      await outcome;
    } catch (error) {
      if (this.#credentials === credentials) this.#credentials = before;
      throw error;
    } finally {
      this.#refuse = undefined;
    }
  }

  /** Signs in as that user as soon as this connection can, however late that is; never back to the user before. */
  async follow(credentials: RedisCredentials): Promise<void> {
    this.#credentials = credentials;
    if (this.#suspended) await this.#open();
    // Whoever holds it has not opened it yet, or has ended it: its next handshake asks for the user.
    if (this.options.held && !this.link.isOpen) return;
    // Until this is the user of the connection, or another one is to be.
    while (this.#credentials === credentials && this.#user !== credentials) {
      if (this.link.isReady) await this.#authenticate(credentials);
      else await this.#ready.promise;
    }
  }

  /** Whether a command would go out at once, or will within the bound. */
  async isReadyWithin(boundMs: number): Promise<boolean> {
    return this.link.isReady || within(this.options.clock, boundMs, this.#ready.promise);
  }

  /** Disconnects; the next `signInAs()` opens it again. */
  suspend(): void {
    // What nobody has opened stays closed.
    if (this.options.held && !this.link.isOpen) return;
    this.#suspended = true;
    this.#user = undefined;
    this.link.disconnect();
  }

  async #authenticate(credentials: RedisCredentials): Promise<void> {
    const { promise: reconnected } = this.#ready;
    try {
      await this.link.authenticate(credentials);
      this.#user = credentials;
    } catch (error) {
      if (isErrorReply(error)) throw error;
      await reconnected; // The connection broke: the handshake of the next one asked for the new user.
    }
  }

  #open(): Promise<void> {
    this.#opening ??= this.link
      .connect()
      .then(() => void (this.#suspended = false))
      .finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  #onReady(): void {
    this.#user = this.#asked;
    this.#ready.give();
    this.#ready = new Signal();
    this.#clientId = undefined;
    this.link.identify?.().then(
      (id) => (this.#clientId = String(id)),
      () => undefined,
    );
  }

  #onRefused(error: Error): void {
    // The server refused the user before this one: the next attempt asks for this one.
    if (this.#asked !== this.#credentials) return;
    if (this.#refuse) this.#refuse(error);
    else this.options.onRefused();
  }
}

/** A promise, and how to resolve it. */
class Signal {
  give!: () => void;
  readonly promise = new Promise<void>((resolve) => (this.give = resolve));
}
