import type { Clock } from './clock';

/** Something that has to be done at a moment that it alone knows. */
export interface Task {
  /** Moment on the clock; `Infinity` when there is nothing to do. Read again after every change. */
  readonly dueAt: () => number;
  /** Must not reject: a task turns its failures into its own next moment. */
  readonly run: () => Promise<void>;
}

/**
 * The one timer of a SecretsManager: it sleeps until the earliest task is due. Each task runs alone
 * (never twice at once); different tasks run side by side.
 */
export class Scheduler {
  readonly #tasks = new Set<Task>();
  readonly #running = new Map<Task, Promise<void>>();
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(private readonly clock: Clock) {}

  add(task: Task): void {
    this.#tasks.add(task);
    this.wake();
  }

  remove(task: Task): void {
    this.#tasks.delete(task);
    this.wake();
  }

  /** To be called when a task's moment changed from outside of its run. */
  wake(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#stopped) return;
    const waiting = [...this.#tasks].filter((task) => !this.#running.has(task));
    const earliest = Math.min(Infinity, ...waiting.map((task) => task.dueAt()));
    if (earliest === Infinity) return;
    this.#cancel = this.clock.after(Math.max(0, earliest - this.clock.now()), () => this.#runDue());
  }

  /** No task starts any more; resolves when the running ones are done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    await Promise.all(this.#running.values());
  }

  #runDue(): void {
    const now = this.clock.now();
    for (const task of this.#tasks) {
      if (this.#running.has(task) || task.dueAt() > now) continue;
      const run = task.run().finally(() => {
        this.#running.delete(task);
        this.wake();
      });
      this.#running.set(task, run);
    }
    this.wake();
  }
}
