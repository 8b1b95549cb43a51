import type { Secret } from '../secret';

/** Where Redis is. */
export interface RedisEndpoint {
  readonly host: string;
  readonly port: number;
  /** TLS is on unless the host is loopback or this says `false`. */
  readonly tls: boolean;
  readonly database?: number;
}

/** One connection, authenticated as one user, of whatever client library. */
export interface RedisConnection<Native = unknown> {
  /** The library's own client. */
  readonly native: Native;
  readonly sendCommand: (args: readonly string[]) => Promise<unknown>;
  /** Resolves when all that was sent is answered, then disconnects. */
  readonly finish: () => Promise<void>;
  /** Disconnects at once; what is in flight rejects. */
  readonly destroy: () => void;
}

export interface RedisCredentials {
  readonly user: string;
  readonly password: Secret;
}

/** A client library. */
export interface RedisDriver<Native = unknown> {
  /**
   * Connects and authenticates, or rejects; does not reconnect by itself with a dead password for ever:
   * `onRefused` is called when the server refuses the credentials, then or later.
   */
  readonly connect: (
    endpoint: RedisEndpoint,
    credentials: RedisCredentials,
    onRefused: () => void,
  ) => Promise<RedisConnection<Native>>;
}

/** Redis' words for "I do not know this user": after a restart without its ACL file, or a revocation. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && /^(WRONGPASS|NOAUTH)\b/.test(error.message);
}
