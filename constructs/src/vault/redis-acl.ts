/** The ACL rules of the Redis users that Vault leases, in one place. Everything not named is denied. */

/** What any client library sends by itself when it connects, checks or leaves. */
const CONNECTION = [
  '+hello',
  '+auth',
  '+ping',
  '+info', // ready checks of node-redis and ioredis
  '+client|setinfo',
  '+client|setname',
  '+client|id',
  '+quit',
] as const;

/**
 * The runtime: its limiter's hashes and its revocation stream, under one prefix. Scripts are allowed whole
 * (EVAL and SCRIPT LOAD), because the limiter is one; the key pattern holds inside scripts too.
 */
export const RUNTIME_ACL: readonly string[] = [
  'resetchannels',
  '~portcullis:*',
  ...CONNECTION,
  '+evalsha',
  '+eval',
  '+script|load',
  '+time', // the limiter's clock is the server's
  '+hget',
  '+hmget',
  '+hset',
  '+hdel',
  '+hgetall',
  '+hlen',
  '+hincrby',
  '+hexists',
  '+get',
  '+set',
  '+exists',
  '+del',
  '+expire',
  '+pexpire',
  '+pexpireat',
  '+ttl',
  '+pttl',
  '+xadd',
  '+xread',
  '+xrange',
  '+xtrim',
  '+xinfo|stream',
  '+config|get', // maxmemory-policy is checked at start
];

/** Writes the server's users to its ACL file, after a rotation of Vault's own password: nothing else. */
export const ACL_SAVE_ACL: readonly string[] = ['resetkeys', 'resetchannels', ...CONNECTION, '+acl|save'];
