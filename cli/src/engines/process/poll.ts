import { setTimeout as delay } from 'node:timers/promises';

/** How long to keep asking, and how long to wait between two questions. */
export interface Patience {
  readonly timeoutMs: number;
  readonly everyMs?: number;
}

/**
 * Asks until an answer comes, and gives it back. A question that throws is asked again; when time is up,
 * the last error is thrown, also while a question is still unanswered. `giveUp` ends the asking early: a server that
 * has exited will never answer.
 */
export async function poll<T>(
  question: () => Promise<T>,
  { timeoutMs, everyMs = 25 }: Patience,
  giveUp: () => Error | undefined = () => undefined,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown = UNANSWERED;
  for (;;) {
    try {
      return await within(deadline - performance.now(), question());
    } catch (error) {
      if (error !== UNANSWERED) last = error;
      const reason = giveUp();
      if (reason !== undefined) throw reason;
      if (error === UNANSWERED || performance.now() >= deadline) throw last;
    }
    await delay(everyMs);
  }
}

const UNANSWERED = new Error('no answer came');

/** The answer, or a rejection with `UNANSWERED`: a question may be one that nobody ever answers. */
async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = delay(Math.max(milliseconds, 0), undefined, { signal: answered.signal }).then(() =>
    Promise.reject(UNANSWERED),
  );
  try {
    return await Promise.race([answer, late]);
  } finally {
    answered.abort();
  }
}
