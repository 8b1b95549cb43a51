/**
 * What Redis' leased users may be given: commands that stay within the keys and channels of a user, and that say something
 * about the connection or the server without changing it. Whatever is not here is refused: commands that Redis calls
 * `@admin` or `@dangerous`, functions and the debugging of scripts (both change what others run), and what nobody has
 * looked at yet.
 *
 * https://redis.io/docs/latest/commands/
 */

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Commands, and subcommands as `container|name`. */
export const KNOWN_COMMANDS: ReadonlySet<string> = new Set([
  // keys
  ...words(`copy del dump exists expire expireat expiretime object object|encoding object|freq object|idletime
    object|refcount persist pexpire pexpireat pexpiretime pttl rename renamenx scan touch ttl type unlink memory|usage`),
  // strings, bitmaps, HyperLogLog
  ...words(`append decr decrby delex digest get getdel getex getrange getset incr incrby incrbyfloat lcs mget mset msetex
    msetnx psetex set setex setnx setrange strlen substr bitcount bitfield bitfield_ro bitop bitpos getbit setbit pfadd
    pfcount pfmerge`),
  // hashes
  ...words(`hdel hexists hexpire hexpireat hexpiretime hget hgetall hgetdel hgetex hincrby hincrbyfloat hkeys hlen hmget
    hmset hpersist hpexpire hpexpireat hpexpiretime hpttl hrandfield hscan hset hsetex hsetnx hstrlen httl hvals`),
  // lists
  ...words(`blmove blmpop blpop brpop brpoplpush lindex linsert llen lmove lmpop lpop lpos lpush lpushx lrange lrem lset
    ltrim rpop rpoplpush rpush rpushx`),
  // sets and sorted sets
  ...words(`sadd scard sdiff sdiffstore sinter sintercard sinterstore sismember smembers smismember smove spop srandmember
    srem sscan sunion sunionstore bzmpop bzpopmax bzpopmin zadd zcard zcount zdiff zdiffstore zincrby zinter zintercard
    zinterstore zlexcount zmpop zmscore zpopmax zpopmin zrandmember zrange zrangebylex zrangebyscore zrangestore zrank zrem
    zremrangebylex zremrangebyrank zremrangebyscore zrevrange zrevrangebylex zrevrangebyscore zrevrank zscan zscore zunion
    zunionstore`),
  // places
  ...words(`geoadd geodist geohash geopos georadius georadius_ro georadiusbymember georadiusbymember_ro geosearch
    geosearchstore`),
  // streams
  ...words(`xack xackdel xadd xautoclaim xclaim xdel xdelex xgroup xgroup|create xgroup|createconsumer xgroup|delconsumer
    xgroup|destroy xgroup|setid xinfo xinfo|consumers xinfo|groups xinfo|stream xlen xpending xrange xread xreadgroup
    xrevrange xsetid xtrim`),
  // publish and subscribe
  ...words(`psubscribe publish pubsub pubsub|channels pubsub|numpat pubsub|numsub pubsub|shardchannels pubsub|shardnumsub
    punsubscribe spublish ssubscribe subscribe sunsubscribe unsubscribe`),
  // transactions, and scripts, which Redis holds to the user's own rules
  ...words(
    `discard exec multi unwatch watch eval eval_ro evalsha evalsha_ro fcall fcall_ro script|exists script|load`,
  ),
  // the connection
  ...words(`asking auth client|caching client|getname client|getredir client|id client|info client|no-touch client|reply
    client|setinfo client|setname client|tracking client|trackinginfo command command|count command|docs command|getkeys
    command|getkeysandflags command|info command|list echo hello ping quit readonly readwrite reset select`),
  // the server: client libraries ask it about itself
  ...words(`acl|cat acl|genpass acl|whoami cluster|info cluster|keyslot cluster|links cluster|myid cluster|nodes
    cluster|shards cluster|slots dbsize info role time wait waitaof`),
  // users, by name: `SWEEP_ACL`
  ...words('acl|users acl|deluser'),
]);

/**
 * Categories that may be allowed as a whole, and what has to be taken away again behind them. Each may have something
 * dangerous, in this version of Redis or in the next.
 */
export const KNOWN_CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    words(
      'bitmap blocking connection geo hash hyperloglog keyspace list pubsub read set sortedset stream string transaction',
    ).map((name) => [name, ['-@dangerous']]),
  ),
  write: ['-@dangerous', '-function'],
};
