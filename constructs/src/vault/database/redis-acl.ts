/**
 * The ACL rules of the Redis users that Vault leases. What no rule names is denied. Rules apply in order. Redis 7.0
 * refuses the names of commands that came later (`client|setinfo`), so these rules name categories where they can.
 *
 * https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */

/** What client libraries send on their own: HELLO, AUTH, PING, CLIENT, and INFO for their ready check. */
const CONNECTION = [
  'resetchannels',
  '+@connection',
  '-@dangerous', // CLIENT KILL, LIST, PAUSE …
  '-select',
  '+info',
] as const;

/**
 * The runtime's user. It reaches the limiter's counters, reserved blocks and the revocation stream, all of them under one
 * prefix. EVAL and SCRIPT LOAD are there because the limiter is a script; Redis holds scripts to the same rules. CONFIG
 * GET is not: it would show `masterauth`. INFO says what `maxmemory_policy` is.
 */
export const RUNTIME_ACL: readonly string[] = [
  '~portcullis:*',
  ...CONNECTION,
  ...['+evalsha', '+eval', '+script|load'],
  '+time', // the limiter's clock is the server's
  ...['+mget', '+set', '+setrange'], // counters
  ...['+hset', '+hget', '+hmget', '+hgetall', '+hdel', '+hincrby'],
  ...['+del', '+expire', '+pexpire', '+ttl', '+pttl'],
  ...['+xadd', '+xrange'], // the revocation stream, read by polling
];

/** Support's user. It reads an organisation's counters and deletes them (`portcullis limits`), and writes none. */
export const SUPPORT_ACL: readonly string[] = [
  '~portcullis:*',
  ...CONNECTION,
  ...['+evalsha', '+eval', '+time', '+mget', '+del'],
];

/** Who revokes (`portcullis revoke`): adds to the revocation stream, and can neither read it nor take anything back. */
export const REVOKE_ACL: readonly string[] = ['~portcullis:{*}:revocations', ...CONNECTION, '+xadd'];

/**
 * The deploy's user (`portcullis secrets sweep-redis`). It sees the names of users and removes users, and can give itself
 * nothing. No leased user may save the ACL file: it would be in there itself, and outlive its lease.
 */
export const SWEEP_ACL: readonly string[] = ['resetkeys', ...CONNECTION, '+acl|users', '+acl|deluser'];
