import type { Pool, PoolClient } from 'pg';
import { within, type Clock } from '../../time/clock';

/**
 * Resolves when every connection of the pool is idle and nobody waits for one, or when the bound passes.
 *
 * `pool.end()` cannot do this: it drops whoever waits in the pool's queue, who then hears nothing for ever.
 */
export async function drainPool(pool: Pool, clock: Clock, boundMs: number): Promise<void> {
  const drained = new Promise<void>((resolve) => {
    const check = (): void => {
      if (pool.waitingCount > 0 || pool.totalCount > pool.idleCount) return;
      pool.off('release', later).off('remove', later);
      resolve();
    };
    // 'release' is emitted before the connection counts as idle.
    const later = (): void => void setImmediate(check);
    pool.on('release', later).on('remove', later);
    check();
  });
  await within(clock, boundMs, drained);
}

/** How long a killed connection may take to say so. */
const FAREWELL_MS = 1_000;

/** Whoever waited for a connection of a pool gets none from it: nothing was sent. */
export class PoolClosedError extends Error {
  override readonly name = 'PoolClosedError';
}

/** Those who wait for a connection, as pg-pool keeps them; not in its types. */
interface Queue {
  readonly _pendingQueue: { readonly callback: (error: Error) => void }[];
}

/**
 * Ends a pool for good: idle connections politely, those still at work by force (their queries reject). Whoever waits
 * for a connection gets a {@link PoolClosedError}, because pg-pool would leave them waiting for ever.
 */
export async function closePool(pool: Pool, clients: ReadonlySet<PoolClient>, clock: Clock): Promise<void> {
  const ended = pool.end();
  const waiting = (pool as unknown as Queue)._pendingQueue.splice(0);
  for (const { callback } of waiting) callback(new PoolClosedError('the pool was closed'));
  for (const client of clients) void client.end().catch(() => undefined);
  await within(clock, FAREWELL_MS, ended);
}
