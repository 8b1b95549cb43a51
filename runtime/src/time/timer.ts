/** Longest delay `setTimeout` can hold; a longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Calls back once, `ms` from now; the function it returns cancels. Any length: 768 h does not overflow.
 *
 * @param keepsAlive whether the process waits for it.
 */
export function startTimer(ms: number, run: () => void, keepsAlive = false): () => void {
  const end = performance.now() + ms;
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const left = end - performance.now();
    timer = setTimeout(left > LONGEST_TIMER_MS ? arm : run, Math.min(Math.max(left, 0), LONGEST_TIMER_MS));
    if (!keepsAlive) timer.unref();
  };
  arm();
  return () => clearTimeout(timer);
}
