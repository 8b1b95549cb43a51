/** Where a client's counters are in Redis. All of a client's keys are in one hash slot. */
import { BUCKETS } from '../decide/window';

/** Names the hash of each window: the client and the window's geometry, not the tier or the limit. */
export function windowKeys(windowsMs: readonly number[]): (client: string) => string[] {
  const suffixes = windowsMs.map((length) => `}:${length / 1_000}s/${BUCKETS}`);
  return (client) => suffixes.map((suffix) => `portcullis:{${client}${suffix}`);
}

/** Names a reserved block. */
export function blockKey(client: string, block: string): string {
  return `portcullis:{${client}}:block:${block}`;
}
