import type { RedisAccess } from './access';

/** What @upstash/redis' `Redis` has. It must be made with `retry: { retries: 0 }`. */
export interface UpstashCommands {
  evalsha(sha: string, keys: string[], args: string[]): Promise<unknown>;
  eval(script: string, keys: string[], args: string[]): Promise<unknown>;
}

/**
 * Access through @upstash/redis, over HTTP: there is no connection to be ready, and a request takes longer than
 * over a socket; give `rateLimit()` a `timeoutMs` to match.
 *
 * @throws TypeError when the client would send a request again whose answer did not come: Redis may have carried
 * it out, and a call would be charged twice. Its `retry: false` still retries once.
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

/** The client tells nobody how often it retries but its own requester. */
function retriesOf(redis: UpstashCommands): number | undefined {
  const { client } = redis as { client?: { retry?: { attempts?: number } } };
  return client?.retry?.attempts;
}

/** The client wraps Redis' words into its own, and repeats the whole command: keep Redis' words alone. */
function plainly(error: unknown): never {
  if (!(error instanceof Error) || error.name !== 'UpstashError') throw error;
  const [, words = 'ERR'] = /^(?:Command failed: )?(.*?)(?:, command was: .*)?$/s.exec(error.message) ?? [];
  throw new Error(words, { cause: error.name });
}
