import type { z } from 'zod';
import { isHttpsOrLoopback } from '../../../policy/loopback';
import type { Clock } from '../../../time/clock';
import type { WatchedEntry } from '../../kv/watched-entry';
import type { CredentialSource } from '../../lease/credential';
import { loadZod } from '../../../load-zod';
import { secret, type Secret } from '../../secret';
import { segmentsOf } from '../../vault/path';

/** An Upstash database, over its REST API with a token that is kept in Vault. */
export interface Upstash {
  readonly kind: 'upstash';
  /** Path of a KV v2 entry with the fields `UPSTASH_REDIS_URL` and `UPSTASH_REDIS_TOKEN`. */
  readonly path: string;
}

/** The fields of that entry, named as Upstash's environment variables are in every service. */
export interface UpstashEntry {
  readonly UPSTASH_REDIS_URL: string;
  readonly UPSTASH_REDIS_TOKEN: Secret;
}

export function upstashSchema(): z.ZodType<UpstashEntry> {
  const z = loadZod();
  return z.object({
    UPSTASH_REDIS_URL: z.string().refine(isHttpsOrLoopback, 'expected an https URL'),
    UPSTASH_REDIS_TOKEN: secret(),
  });
}

/**
 * URL and token from Vault. They are good until the entry's version rises; then the new ones are obtained.
 *
 * @param watch starts watching the entry; called once, and again as long as that fails.
 */
export function upstash(
  { path }: Upstash,
  clock: Clock,
  watch: () => Promise<WatchedEntry<UpstashEntry>>,
): CredentialSource {
  segmentsOf(path, 'KV path', 2, 'secret/fintech-api/upstash');
  let watched: WatchedEntry<UpstashEntry> | undefined;
  let outdated = (): void => undefined;
  return {
    kind: 'upstash-kv',
    role: path,
    onOutdated: (replace) => (outdated = replace),
    obtain: async () => {
      const obtainedAt = clock.monotonic();
      if (watched) await watched.refresh();
      else {
        watched = await watch();
        watched.onChange(() => outdated());
      }
      const { UPSTASH_REDIS_URL: user, UPSTASH_REDIS_TOKEN: password } = watched.current;
      return { user, password, obtainedAt, ttlMs: Infinity };
    },
  };
}
