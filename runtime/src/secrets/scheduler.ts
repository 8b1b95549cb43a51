import type { Clock } from '../time/clock';

/** Something that has to be done again and again; it alone knows when. */
export interface Task {
  /** Moment on the clock; `Infinity` when there is nothing to do. Read again after every change. */
  readonly dueAt: () => number;
  /** Must not reject: a task turns its failures into its own next moment. */
  readonly run: () => Promise<void>;
}

/**
 * The one timer of a SecretsManager: it sleeps until the earliest of its tasks is due.
 *
 *   the token      (`vault/token-life.ts`)   renew, log in
 *   each lease     (`lease/lease-life.ts`)   rotate, expire
 *   revocations    (`lease/revocations.ts`)  give back what Vault did not take at once
 *
 *   idle ──the earliest moment comes──► due ──run()──► running ──► idle
 *
 * No task runs twice at once; different tasks run side by side, so that a database that hangs does not keep the token
 * from its renewal. Moments are on the monotonic clock; one that is long past, because the process was stopped, is
 * simply due.
 */
export class Scheduler {
  readonly #tasks = new Set<Task>();
  readonly #running = new Set<Task>();
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(private readonly clock: Clock) {}

  add(task: Task): void {
    this.#tasks.add(task);
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
    const ms = Math.max(0, earliest - this.clock.monotonic());
    // A process that holds credentials lives until they are given back: `close()`.
    this.#cancel = this.clock.after(ms, () => this.#runDue(), { keepsAlive: true });
  }

  /** No task starts any more; those that run go on. */
  stop(): void {
    this.#stopped = true;
    this.wake();
  }

  #runDue(): void {
    const now = this.clock.monotonic();
    for (const task of this.#tasks) {
      if (this.#running.has(task) || task.dueAt() > now) continue;
      this.#running.add(task);
      void task.run().finally(() => {
        this.#running.delete(task);
        this.wake();
      });
    }
    this.wake();
  }
}
