import { whenAborted } from '../engines/when-aborted';
import { painter } from '../terminal/paint';
import type { Step } from './step';
import type { World } from './world';

/** How one step of the journey went. */
export interface StepResult {
  readonly title: string;
  readonly passed: boolean;
  /** What was seen, or why it failed. */
  readonly detail: string;
  readonly milliseconds: number;
}

/**
 * Walks every step, in order; one that fails does not keep the later ones from being tried.
 * @throws the signal's reason, at once when it aborts
 */
export async function walk(
  steps: readonly Step[],
  world: World,
  report: (result: StepResult) => void,
  signal: AbortSignal = new AbortController().signal,
): Promise<StepResult[]> {
  const results: StepResult[] = [];
  const aborted = whenAborted(signal);
  for (const step of steps) {
    signal.throwIfAborted();
    const result = await Promise.race([walkOne(step, world), aborted]);
    results.push(result);
    report(result);
  }
  return results;
}

async function walkOne(step: Step, world: World): Promise<StepResult> {
  const startedAt = performance.now();
  const done = (passed: boolean, detail: string): StepResult => ({
    title: step.title,
    passed,
    detail,
    milliseconds: Math.round(performance.now() - startedAt),
  });
  try {
    return done(true, await step.walk(world));
  } catch (error) {
    return done(false, error instanceof Error ? error.message : String(error));
  }
}

/** A result as people read it, on standard output. */
export function describeResult({ title, passed, detail, milliseconds }: StepResult): string {
  const paint = painter(process.stdout);
  const mark = passed ? paint('green', '✓') : paint('red', '✗');
  return `  ${mark} ${title} ${paint('dim', `${milliseconds} ms`)}\n      ${detail.replaceAll('\n', '\n      ')}`;
}
