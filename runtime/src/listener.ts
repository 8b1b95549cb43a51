/**
 * The one way to call a listener of the user's, whatever it is told. It may throw, it may be async and reject, it may
 * never settle: no answer changes, no other listener goes untold and the process goes on. Each failure is a warning
 * of the process (`process.on('warning')`).
 */
export type Listener<Event> = (event: Event) => unknown;

/**
 * The listener, made harmless.
 *
 * @param listener nobody, when left out.
 * @param name for the warning, as its user knows it: `onEvent`.
 */
export function harmless<Event>(
  listener: Listener<Event> | undefined,
  name = 'onEvent',
): (event: Event) => void {
  if (listener === undefined) return () => undefined;
  const failed = (error: unknown): void => warn(name, error);
  return (event) => {
    try {
      const result = listener(event);
      if (typeof result === 'object' && result !== null) Promise.resolve(result).then(undefined, failed);
    } catch (error) {
      failed(error);
    }
  };
}

/** For what a function of the user's gave and nobody waits for: where it is a promise, its rejection goes nowhere. */
export function unawaited(given: unknown): void {
  if (given instanceof Promise) given.catch(() => undefined);
}

/** Several listeners to one thing. */
export class Listeners<Event> {
  readonly #listeners = new Set<(event: Event) => void>();

  /** @param name for warnings, as users know the method that adds to these. */
  constructor(private readonly name: string) {}

  /** Gives what takes the listener away again. */
  add(listener: Listener<Event>): () => void {
    const added = harmless(listener, this.name);
    this.#listeners.add(added);
    return () => void this.#listeners.delete(added);
  }

  /** Tells each, in the order in which they came. */
  tell(event: Event): void {
    // Of a copy: one that adds another while it is told would otherwise be followed by it for ever.
    for (const listener of [...this.#listeners]) listener(event);
  }
}

function warn(name: string, error: unknown): void {
  let reason: string;
  try {
    reason = String(error instanceof Error ? error.message : error);
  } catch {
    reason = 'with something that cannot be printed';
  }
  process.emitWarning(`${name} failed: ${reason}`);
}
