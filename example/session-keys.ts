import type { Config } from '../vault-entries';

/** The part of a `WatchedEntry` that is needed here. */
interface Settled {
  readonly accepted: readonly Pick<Config, 'encryption_key'>[];
  onChange(listener: () => void): unknown;
}

/** How soon every instance knows a new version, in milliseconds: twice the interval at which they look. */
const KNOWN_EVERYWHERE_MS = 60_000;

/**
 * The keys that seal and open sessions, as they are now: the first one seals. After a change that is still the key
 * before, until every instance can open what the new one seals.
 */
export function sessionKeys(
  settled: Settled,
  now: () => number = () => performance.now(),
): () => readonly string[] {
  let changedAt = -Infinity;
  settled.onChange(() => (changedAt = now()));
  return () => {
    const keys = settled.accepted.map((config) => config.encryption_key);
    return [...new Set(now() - changedAt < KNOWN_EVERYWHERE_MS ? keys.reverse() : keys)];
  };
}
