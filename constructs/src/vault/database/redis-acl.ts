/**
 * The ACL rules of the Redis users that Vault leases, in one place. Everything not named is denied. Rules apply
 * in order; Redis 7.0 refuses the names of commands that came later (`client|setinfo`), hence the categories.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */

/** What client libraries send by themselves: HELLO, AUTH, PING, CLIENT, and INFO for their ready check. */
const CONNECTION = [
  'resetchannels',
  '+@connection',
  '-@dangerous', // CLIENT KILL, LIST, PAUSE …
  '-select',
  '+info',
] as const;

/**
 * The runtime: its limiter's hashes, reserved blocks and revocation stream, all under one prefix, which holds
 * inside scripts too. EVAL and SCRIPT LOAD are there because the limiter is a script; it may call nothing that
 * is not listed here. No CONFIG GET: it would show `masterauth`; INFO says what `maxmemory_policy` is.
 */
export const RUNTIME_ACL: readonly string[] = [
  '~portcullis:*',
  ...CONNECTION,
  ...['+evalsha', '+eval', '+script|load'],
  '+time', // the limiter's clock is the server's
  ...['+hset', '+hget', '+hmget', '+hgetall', '+hdel', '+hincrby'],
  ...['+del', '+expire', '+pexpire', '+ttl', '+pttl'],
  ...['+xadd', '+xrange'], // the revocation stream, read by polling
];

/** Support: reads an organisation's counters and deletes them (`portcullis limits`); it writes none. */
export const SUPPORT_ACL: readonly string[] = [
  '~portcullis:*',
  ...CONNECTION,
  ...['+evalsha', '+eval', '+time', '+hmget', '+del'],
];

/** Writes the server's users to its ACL file, after a rotation of Vault's own password: nothing else. */
export const ACL_SAVE_ACL: readonly string[] = ['resetkeys', ...CONNECTION, '+acl|save'];
