import type { SendOptions } from '../../../redis';
import { backoffMs } from '../../../time/backoff';
import { systemClock } from '../../../time/clock';
import type { Secret } from '../../secret';

/** Where Redis is. */
export interface RedisEndpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly database?: number;
}

export interface RedisCredentials {
  readonly user: string;
  readonly password: Secret;
}

/** One connection, made by a client library. It reconnects by itself, each time as the user of that moment. */
export interface RedisLink<Native = unknown> {
  /** The library's own client. */
  readonly native: Native;
  /** Whether a command would go out at once. */
  readonly isReady: boolean;
  /** Whether it is connected or reconnecting. Not so before `connect()`, nor after whoever holds `native` ended it. */
  readonly isOpen: boolean;
  /** Opens it. Rejects when the first attempt fails; may be called again then, and after `disconnect()`. */
  readonly connect: () => Promise<void>;
  /**
   * A command in flight when the connection breaks rejects: it may have been carried out, so it is never sent
   * again. One that was not sent yet waits for the connection to be back.
   */
  readonly sendCommand: (args: readonly string[], options?: SendOptions) => Promise<unknown>;
  /** Signs in as another user on the open connection. */
  readonly authenticate: (credentials: RedisCredentials) => Promise<void>;
  /** Asks for the connection's ID on the server; missing where there are no connections. */
  readonly identify?: () => Promise<unknown>;
  /** Resolves when all that was sent is answered, then disconnects. */
  readonly finish: () => Promise<void>;
  /** Disconnects at once; what is in flight rejects. */
  readonly disconnect: () => void;
}

/**
 * Makes a link.
 *
 * @param credentials asked at each connect, so that a reconnect never uses a password that is gone.
 */
export type MakeLink<Native = unknown> = (
  credentials: () => RedisCredentials,
  events: RedisLinkEvents,
) => RedisLink<Native>;

/** What a link tells whoever made it. */
export interface RedisLinkEvents {
  /** Connected, or connected again, as the user that it last asked for. */
  readonly onReady: () => void;
  /** The server does not take that user. The link goes on trying. */
  readonly onRefused: (error: Error) => void;
  /**
   * Whoever holds `native` duplicates it, as BullMQ does. Gives the link that was made: its user is to change with the
   * others', but whoever asked for it opens and ends it.
   */
  readonly onDuplicate: <Native>(make: MakeLink<Native>) => RedisLink<Native>;
}

/** One Redis, to which links can be made. */
export interface RedisTarget<Native = unknown> {
  /** For messages, as in `Redis at cache.internal:6379`. */
  readonly name: string;
  readonly link: MakeLink<Native>;
}

/** A client library. */
export interface RedisDriver<Native = unknown> {
  /** @param credentials asked at each connect, so that a reconnect never uses a password that is gone. */
  readonly create: (
    endpoint: RedisEndpoint,
    credentials: () => RedisCredentials,
    events: RedisLinkEvents,
  ) => RedisLink<Native>;
}

/** Redis' words for "I do not know this user": after a restart without its ACL file, or a revocation. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && /^(WRONGPASS|NOAUTH)\b/.test(error.message);
}

/** Redis answered, with an error; anything else is a broken connection. */
export function isErrorReply(error: unknown): error is Error {
  return error instanceof Error && /^[A-Z]{3,}\b/.test(error.message);
}

const PAUSES = { firstMs: 50, longestMs: 1_000 };

/** Milliseconds to wait after the `failures`th connection in a row that was lost or failed, counted from 1. */
export function reconnectPauseMs(failures: number): number {
  return backoffMs(failures, systemClock.random(), PAUSES);
}
