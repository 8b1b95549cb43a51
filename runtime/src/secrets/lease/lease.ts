import { within, type Clock } from '../../time/clock';
import { SecretsError } from '../errors';
import type { EmitEvent } from '../events';
import type { Scheduler, Task } from '../scheduler';
import { isTransient } from '../vault/failure';
import type { Session } from '../vault/session';
import { Attempts } from './attempts';
import type { Consumer, Lender } from './consumer';
import { deadlineOf, type Credential, type CredentialSource, type Lent } from './credential';
import { Changeover } from './changeover';
import { nextLeaseAction, type LeaseAction } from './lease-life';
import { Outcomes } from './outcomes';
import type { Serving } from './retirement';
import type { Revocations } from './revocations';

/** What all leases of a SecretsManager have in common. */
export interface LeaseTerms {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly revocations: Revocations;
  readonly emit: EmitEvent;
  /** Share of the TTL after which the credential is replaced. */
  readonly rotateShare: number;
  /** Longest wait for work in flight before the old connections are closed. */
  readonly drainMs: number;
  /** Longest wait for a first credential. */
  readonly startupMs: number;
}

/**
 * One credential and the consumer that works with it: leases, rotates, expires, gives back. `lease-life.ts` draws its
 * states, `changeover.ts` takes the steps of a rotation, `attempts.ts` says when there is one.
 */
export class Lease<L extends Lent = Credential, C extends Consumer<L> = Consumer<L>> implements Task, Lender {
  readonly consumer: C;
  #serving: Serving<L> | undefined;
  #rotation: Promise<void> | undefined;
  #expired = false;
  #closed = false;
  readonly #changeover: Changeover<L>;
  readonly #attempts: Attempts;
  readonly #outcomes = new Outcomes();

  /** @param consumerOf makes the consumer; it may ask the lease for credentials from then on. */
  constructor(
    private readonly terms: LeaseTerms,
    readonly source: CredentialSource<L>,
    consumerOf: (lender: Lender) => C,
  ) {
    this.#attempts = new Attempts(terms.clock, terms.rotateShare);
    this.consumer = consumerOf(this);
    this.#changeover = new Changeover({ ...terms, source }, this.consumer);
    source.onOutdated?.(() => void this.rotate().catch(() => undefined));
  }

  /** The credential that serves now. */
  get credential(): L | undefined {
    return this.#serving?.credential;
  }

  get lastError(): SecretsError | undefined {
    return this.#attempts.lastError;
  }

  get state(): 'starting' | 'serving' | 'rotating' | 'expired' | 'closed' {
    if (this.#closed) return 'closed';
    if (this.#expired) return 'expired';
    if (this.#serving === undefined) return 'starting';
    return this.#rotation ? 'rotating' : 'serving';
  }

  /**
   * What comes next.
   *
   * @param tokenIsKept the token's own end is then no plan: it will be renewed or replaced before.
   */
  next(tokenIsKept = false): LeaseAction {
    if (this.#closed) return { do: 'nothing', at: Infinity };
    const { credential } = this;
    const deadline =
      credential && (tokenIsKept ? credential.obtainedAt + credential.ttlMs : deadlineOf(credential));
    return nextLeaseAction({ attemptAt: this.#attempts.nextAt, deadline });
  }

  dueAt(): number {
    return this.next().at;
  }

  async run(): Promise<void> {
    const now = this.terms.clock.monotonic();
    if (this.credential && deadlineOf(this.credential) <= now) this.#expire();
    if (this.#attempts.nextAt <= now) await this.#rotateOnce().catch(() => undefined);
  }

  /** Replaces the credential now; resolves when the old one is drained, closed and revoked. @throws SecretsError */
  async rotate(): Promise<void> {
    await this.#rotateOnce();
    await this.#changeover.retired;
  }

  /**
   * Resolves when nothing here was leased under that session any more: replaced now, or as soon as that
   * succeeds. Never rejects.
   */
  async leave(session: Session): Promise<void> {
    await this.#rotation?.catch(() => undefined); // The one under way may use the token that goes.
    if (!this.#closed && (!this.#serving || this.credential?.session === session)) {
      await this.#rotateOnce().catch(() => undefined);
    }
    while (this.credential?.session === session) await this.#outcomes.next().catch(() => undefined);
    await this.#changeover.retired;
  }

  /**
   * The server refused this user: nothing is left to lose by replacing it at once. Not so while the last attempt's
   * pause goes on, or when one credential after the other is refused.
   *
   * @throws SecretsError
   */
  async refused(user: string): Promise<void> {
    const { credential } = this;
    if (credential?.user !== user) return;
    if (this.#rotation === undefined) {
      if (this.lastError && this.#attempts.pausing) throw this.lastError;
      if (!this.#attempts.replacesAtOnce(credential)) {
        throw this.#failed(new Error('the server refuses one credential after the other'));
      }
    }
    await this.#rotateOnce();
  }

  async ready(): Promise<void> {
    if (this.#closed) throw closed();
    if (this.#serving) return;
    if (this.#expired) throw this.#expiry();
    if (this.lastError && !isTransient(this.lastError)) throw this.lastError;
    const { clock, startupMs } = this.terms;
    const outcome = this.#outcomes.next();
    if (!(await within(clock, startupMs, outcome))) {
      const message = `no credential of ${this.source.role} within ${startupMs / 1_000} s`;
      throw new SecretsError('ERR_CREDENTIAL_UNAVAILABLE', message, { cause: this.lastError });
    }
    await outcome;
  }

  async close(boundMs: number): Promise<void> {
    this.#closed = true;
    this.#outcomes.tell(closed());
    const { clock } = this.terms;
    const end = clock.monotonic() + boundMs;
    if (this.#rotation) await within(clock, boundMs, this.#rotation);
    const last = this.#serving;
    this.#serving = undefined;
    await this.#changeover.finish(last, Math.max(0, end - clock.monotonic()));
  }

  #rotateOnce(): Promise<void> {
    this.#rotation ??= this.#rotate().finally(() => (this.#rotation = undefined));
    return this.#rotation;
  }

  async #rotate(): Promise<void> {
    if (this.#closed) throw closed();
    try {
      await this.#swap(await this.#changeover.prepare(this.credential));
    } catch (error) {
      throw this.#failed(error);
    } finally {
      this.terms.scheduler.wake();
    }
  }

  async #swap(next: Serving<L>): Promise<void> {
    if (this.#closed) {
      await this.#changeover.discard(next);
      throw closed();
    }
    const old = this.#serving;
    next.generation.activate();
    this.#serving = next;
    this.#expired = false;
    this.#attempts.succeeded(next.credential);
    this.#outcomes.tell();
    const { emit, drainMs } = this.terms;
    const { user, requestId } = next.credential;
    emit({
      ...({ type: 'credential_rotated', ...this.#about, previousUser: old?.credential.user, user } as const),
      ...(requestId && { vaultRequestId: requestId }),
    });
    if (old) this.#changeover.retire(old, drainMs);
  }

  #failed(error: unknown): SecretsError {
    if (this.#closed) return closed();
    const failure = asSecretsError(error, this.source.role);
    const deadline = this.credential && deadlineOf(this.credential);
    this.#attempts.failed(failure, deadline);
    const { clock, emit } = this.terms;
    emit({
      type: 'credential_failed',
      ...this.#about,
      code: failure.code,
      message: failure.message,
      attempt: this.#attempts.failures,
      servesForSeconds: Math.max(0, ((deadline ?? 0) - clock.monotonic()) / 1_000),
    });
    if (!isTransient(failure)) this.#outcomes.tell(failure);
    return failure;
  }

  #expire(): void {
    const old = this.#serving;
    if (!old) return;
    this.#serving = undefined;
    this.#expired = true;
    this.#attempts.hurry();
    this.consumer.expire();
    this.terms.emit({ type: 'credential_expired', ...this.#about, user: old.credential.user });
    this.#changeover.retire(old, 0);
    this.#outcomes.tell(this.#expiry());
  }

  #expiry(): SecretsError {
    const message = `the credential of ${this.source.role} reached its deadline and could not be replaced`;
    return new SecretsError('ERR_CREDENTIAL_EXPIRED', message, { cause: this.lastError });
  }

  /** What every event of this lease says. */
  get #about(): { readonly source: string; readonly role: string } {
    return { source: this.source.kind, role: this.source.role };
  }
}

function closed(): SecretsError {
  return new SecretsError('ERR_SECRETS_CLOSED', 'the SecretsManager is closed');
}

function asSecretsError(error: unknown, role: string): SecretsError {
  if (error instanceof SecretsError) return error;
  const reason = error instanceof Error ? error.message : 'unknown failure';
  return new SecretsError('ERR_CREDENTIAL_UNAVAILABLE', `${role}: ${reason}`, { cause: error });
}
