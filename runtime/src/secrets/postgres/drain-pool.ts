import type { Pool, PoolClient } from '../../peer-types';
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
 * Ends a pool for good: idle connections politely, those still at work or held by force (their queries reject). Whoever
 * waits for a connection gets a {@link PoolClosedError}, because pg-pool would leave them waiting for ever.
 */
export async function closePool(pool: Pool, clients: ReadonlySet<PoolClient>, clock: Clock): Promise<void> {
  const ended = pool.end();
  const waiting = (pool as unknown as Queue)._pendingQueue.splice(0);
  for (const { callback } of waiting) callback(new PoolClosedError('the pool was closed'));
  for (const client of clients) hangUp(client);
  await within(clock, FAREWELL_MS, ended);
}

/** What pg keeps of a client; not in its types, and another thing in `pg.native`. */
interface Ending {
  readonly _ending?: boolean;
  readonly connection?: { readonly stream?: { destroy(): void } };
}

/**
 * Ends a connection that somebody holds. Who listens to `error` hears of it as of a lost connection: ended politely, it
 * would only say `end`, and a library that holds it for LISTEN would not connect again. To a client without a
 * listener it is not said, because that would end the process.
 */
function hangUp(client: PoolClient): void {
  const { _ending: isEnding, connection } = client as unknown as Ending;
  const stream = connection?.stream;
  if (!isEnding && stream && client.listenerCount('error') > 0) stream.destroy();
  else void client.end().catch(() => undefined);
}
