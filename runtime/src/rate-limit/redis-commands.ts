/**
 * What the limiter needs of a Redis client: the method that node-redis' clients have, and so does the
 * rotating client of `SecretsManager.redisClient()`. Other clients come through an adapter.
 *
 * The user that it signs in as needs, on the keys `portcullis:*`: EVALSHA, EVAL, TIME, HMGET, HSET,
 * HINCRBY, HDEL, DEL, PEXPIRE; and INFO, to see whether Redis would evict the counters.
 */
export interface RedisCommands {
  sendCommand(args: string[]): Promise<unknown>;
  /** `false` while there is no connection: the limiter then decides by its outage policy, at once. */
  readonly isReady?: boolean;
}
