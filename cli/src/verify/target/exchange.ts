import type { Probe } from '../probes/probe';

/** What came back. An answer is a stranger's: nothing of it is shown but what is known beforehand. */
export interface Answer {
  readonly status: number;
  /** By name in lower case; values of one name joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** As much of it as is read. */
  readonly body: string;
}

/** A probe, and what came of it. */
export interface Exchange {
  readonly probe: Probe;
  /** The answer, or why there is none. */
  readonly answer: Answer | { readonly failed: string };
  /** What was sent that no answer may repeat. */
  readonly secrets: readonly string[];
  /** Scopes that the token had, as far as it is known. */
  readonly granted?: readonly string[];
  /** On a clock that only goes forward, ms. */
  readonly sentAt: number;
  readonly receivedAt: number;
  /** The same once more, where it seemed to cost something else than the policy says: somebody else may have spent. */
  readonly again?: readonly Exchange[];
}

export function answerOf({ answer }: Exchange): Answer | undefined {
  return 'failed' in answer ? undefined : answer;
}

/** What is charged to one counter, in its order. */
export function byCounter<T>(items: readonly T[], probeOf: (item: T) => Probe): T[][] {
  const counters = new Map<string, T[]>();
  for (const item of items) {
    const { counter } = probeOf(item);
    const lane = counters.get(counter) ?? [];
    lane.push(item);
    counters.set(counter, lane);
  }
  return [...counters.values()];
}
