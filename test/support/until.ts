import { poll } from '../../cli/src/engines/process/poll';

/**
 * Longer than the busiest machine takes: what is waited for ends the wait, and no test fails for want of time. It is
 * less than jest's own bound, so that a test which fails says what did not come.
 */
const PATIENCE_MS = 120_000;

/**
 * Asks until the question neither throws nor answers `false`.
 *
 * @param everyMs between two questions
 * @returns the answer
 * @throws what the question threw last
 */
export function until<T>(question: () => T | Promise<T>, { everyMs = 25 } = {}): Promise<Exclude<T, false>> {
  const ask = async (): Promise<Exclude<T, false>> => {
    const answer = await question();
    if (answer === false) throw new Error(`it never came to this: ${question.toString()}`);
    return answer as Exclude<T, false>;
  };
  return poll(ask, { timeoutMs: PATIENCE_MS, everyMs });
}
