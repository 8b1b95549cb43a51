/** One way to run scripts in Redis, whatever the client library. */
export interface RedisAccess {
  /** `false` while a command would fail, or wait for a connection. */
  readonly ready: boolean;
  /** `true` while the client is not connected because it waits for its first command; missing when it never waits. */
  readonly idle?: boolean;
  /** Whether keys live in slots: then a script may only be given keys of one slot. */
  readonly clustered: boolean;
  evalsha(sha: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  eval(source: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  /** `INFO memory` of each server that holds keys; missing when the client library cannot ask for it. */
  readonly memoryInfo?: () => Promise<string[]>;
}

/** The arguments of EVALSHA and EVAL. */
export function scriptArguments(script: string, keys: readonly string[], args: readonly string[]): string[] {
  return [script, String(keys.length), ...keys, ...args];
}
