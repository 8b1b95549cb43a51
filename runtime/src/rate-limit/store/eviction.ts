import type { RedisAccess } from '../../redis';

/**
 * The `maxmemory-policy` of a Redis that may evict counters, which gives their clients a fresh limit; `undefined`
 * when it never does (`noeviction`), or when the client library cannot ask. Counters have a TTL, so that the
 * `volatile-…` policies evict them as well. `unknown` where the user may not ask (INFO).
 */
export async function evictionPolicy({ memoryInfo }: RedisAccess): Promise<string | undefined> {
  if (memoryInfo === undefined) return undefined;
  const servers = await memoryInfo().catch((error: unknown) => {
    if (error instanceof Error && error.message.startsWith('NOPERM')) return [''];
    throw error;
  });
  const policies = servers.map((info) => /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'unknown');
  return policies.find((policy) => policy !== 'noeviction');
}
