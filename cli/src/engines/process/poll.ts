import { setTimeout as delay } from 'node:timers/promises';

/** How long to keep asking, and how long to wait between two questions. */
export interface Patience {
  readonly timeoutMs: number;
  readonly everyMs?: number;
}

/**
 * Asks until an answer comes, and gives it back. A question that throws is asked again; when time is up,
 * the last error is thrown. `giveUp` ends the asking early: a server that has exited will never answer.
 */
export async function poll<T>(
  question: () => Promise<T>,
  { timeoutMs, everyMs = 25 }: Patience,
  giveUp: () => Error | undefined = () => undefined,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await question();
    } catch (error) {
      const reason = giveUp();
      if (reason !== undefined) throw reason;
      if (performance.now() >= deadline) throw error;
    }
    await delay(everyMs);
  }
}
