import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Has `work` done when this process ends while something is under way, also by a signal. It may wait for nothing.
 *
 * @returns ends the watch: what is under way is over, and has put itself in order
 */
export function atExit(work: () => void): () => void {
  const end = (signal: NodeJS.Signals): void => process.exit(128 + constants.signals[signal]);
  process.on('exit', work);
  for (const signal of SIGNALS) process.on(signal, end);
  return () => {
    process.off('exit', work);
    for (const signal of SIGNALS) process.off(signal, end);
  };
}
