import { backoffMs } from '../../time/backoff';
import type { Clock } from '../../time/clock';
import { SecretsError } from '../errors';
import type { Scheduler, Task } from '../scheduler';
import { isTransient } from '../vault/failure';

/** Something lent that is to be given back before it ends by itself: a lease, a token. */
export interface Loan {
  /** One attempt. @throws SecretsError when the lender did not take it. */
  readonly giveBack: () => Promise<void>;
  /** The moment when it ends by itself, on the monotonic clock. */
  readonly endsAt: () => number;
  /** Told of each attempt: without a failure, the lender took it back. */
  readonly onAttempt?: (failure: SecretsError | undefined) => void;
}

interface Pending {
  readonly attempt: number;
  readonly at: number;
}

/** Gives back what is not needed any more: again and again, until the lender took it or it ended by itself. */
export class Revocations implements Task {
  readonly #pending = new Map<Loan, Pending>();

  constructor(
    private readonly clock: Clock,
    private readonly scheduler: Scheduler,
  ) {
    scheduler.add(this);
  }

  /** Resolves after the first attempt. Never rejects. */
  revoke(loan: Loan): Promise<void> {
    return this.#attempt(loan, 1);
  }

  dueAt(): number {
    return Math.min(Infinity, ...[...this.#pending.values()].map(({ at }) => at));
  }

  async run(): Promise<void> {
    const now = this.clock.monotonic();
    const due = [...this.#pending].filter(([, { at }]) => at <= now);
    await Promise.all(due.map(([loan, { attempt }]) => this.#attempt(loan, attempt)));
  }

  /** One more attempt for whatever is left. Never rejects. */
  async flush(): Promise<void> {
    await Promise.all([...this.#pending].map(([loan, { attempt }]) => this.#attempt(loan, attempt)));
  }

  async #attempt(loan: Loan, attempt: number): Promise<void> {
    this.#pending.delete(loan);
    try {
      await loan.giveBack();
      loan.onAttempt?.(undefined);
    } catch (error) {
      const failure =
        error instanceof SecretsError
          ? error
          : new SecretsError('ERR_VAULT_FAILED', 'the revocation failed', { cause: error });
      loan.onAttempt?.(failure);
      const pauseMs = failure.retryAfterMs + backoffMs(attempt, this.clock.random());
      const at = this.clock.monotonic() + pauseMs;
      if (!isTransient(failure) || at >= loan.endsAt()) return;
      this.#pending.set(loan, { attempt: attempt + 1, at });
      this.scheduler.wake();
    }
  }
}
