/** A Redis of whatever client library, as the limiter talks to it. */
export interface RedisAccess {
  /** `false` while a command would fail or wait: the limiter then decides by its outage policy, at once. */
  readonly ready: boolean;
  /** Whether keys live in slots: a script then gets the keys of one slot only. */
  readonly clustered: boolean;
  evalsha(sha: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  eval(source: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  /** `INFO memory` of each server that keeps counters; missing where the client cannot ask for it. */
  readonly memoryInfo?: () => Promise<string[]>;
}

/** What follows EVALSHA or EVAL in a command. */
export function scriptArguments(script: string, keys: readonly string[], args: readonly string[]): string[] {
  return [script, String(keys.length), ...keys, ...args];
}
