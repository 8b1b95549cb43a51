import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 30_000;
const LOOK_AGAIN_MS = 50;

/**
 * Looks until there is something to see: what another process does can only be observed.
 *
 * @throws Error that names what did not happen within half a minute.
 */
export async function observed<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const giveUp = performance.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > giveUp) throw new Error(`waited ${PATIENCE_MS / 1_000} s for ${what}`);
    await pause(LOOK_AGAIN_MS);
  }
}
