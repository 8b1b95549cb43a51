import { isLoopback } from '../../policy/loopback';
import type { RedisDriver, RedisEndpoint } from './driver';
import type { NodeRedisClient } from './node-redis';

/** Where Redis is, and how to talk to it. */
export interface RedisClientOptions<Native = NodeRedisClient> {
  readonly host: string;
  readonly port?: number;
  /** @default true, but false on loopback */
  readonly tls?: boolean;
  readonly database?: number;
  /** The client library: `nodeRedis()` or `ioredis(Redis)`. @default nodeRedis() */
  readonly driver?: RedisDriver<Native>;
}

/** The endpoint with the defaults filled in. */
export function endpointOf({
  host,
  port = 6_379,
  tls = !isLoopback(host),
  database,
}: RedisClientOptions<unknown>): RedisEndpoint {
  return { host, port, tls, ...(database !== undefined && { database }) };
}
