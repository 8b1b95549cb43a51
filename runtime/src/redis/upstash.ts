import type { RedisAccess } from './access';

/** What @upstash/redis' `Redis` has. It must be made with `retry: { retries: 0 }`. */
export interface UpstashCommands {
  evalsha(sha: string, keys: string[], args: string[]): Promise<unknown>;
  eval(script: string, keys: string[], args: string[]): Promise<unknown>;
}

/**
 * Access through @upstash/redis, over HTTP. There is no connection, so it is always ready. A request takes longer
 * than over a socket: give `rateLimit()` a `timeoutMs` to match.
 *
 * @throws TypeError when the client would send a request again after its answer did not come: Redis may have carried
 * the request out, and a call would be charged twice. With `retry: false` the client still retries once.
 */
export function upstashAccess(redis: UpstashCommands): RedisAccess {
  const attempts = retriesOf(redis);
  if (attempts !== undefined && attempts !== 0)
    throw new TypeError(
      `received an @upstash/redis client that retries ${attempts} times; expected retry: { retries: 0 }, because a request sent again may be charged twice`,
    );
  return {
    ready: true,
    clustered: false,
    evalsha: (sha, keys, args) => redis.evalsha(sha, [...keys], [...args]).catch(plainly),
    eval: (source, keys, args) => redis.eval(source, [...keys], [...args]).catch(plainly),
  };
}

/** How often the client retries. Only its internal requester says so. */
function retriesOf(redis: UpstashCommands): number | undefined {
  const { client } = redis as { client?: { retry?: { attempts?: number } } };
  return client?.retry?.attempts;
}

/** The client puts Redis' message between words of its own and the whole command: keep Redis' message alone. */
function plainly(error: unknown): never {
  if (!(error instanceof Error) || error.name !== 'UpstashError') throw error;
  const [, words = 'ERR'] = /^(?:Command failed: )?(.*?)(?:, command was: .*)?$/s.exec(error.message) ?? [];
  throw new Error(words, { cause: error.name });
}
