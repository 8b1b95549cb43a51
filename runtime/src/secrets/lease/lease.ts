import { backoffMs, retryAt } from '../../time/backoff';
import { within, type Clock } from '../../time/clock';
import { SecretsError } from '../errors';
import type { EmitEvent } from '../events';
import type { Scheduler, Task } from '../scheduler';
import { isTransient } from '../vault/failure';
import type { Session } from '../vault/session';
import type { Consumer, Generation } from './consumer';
import { deadlineOf, type Credential, type CredentialSource } from './credential';
import { nextLeaseAction, rotateAt, type LeaseAction } from './lease-life';
import { Outcomes } from './outcomes';
import { Retirement, type Serving } from './retirement';
import type { Revocations } from './revocations';

export interface LeaseOptions {
  readonly source: CredentialSource;
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

/** A credential refused at this age was refused from the start, whatever its probe said. */
const YOUNG_MS = 10_000;
/** How many young ones in a row are replaced at once, before the pauses begin. */
const REFUSALS_AT_ONCE = 2;

/**
 * One credential and those who work with it: leases, rotates, expires, gives back. `lease-life.ts` draws
 * its states. The order of a rotation is what loses no work: lease → connect and probe → swap → drain →
 * close → revoke.
 */
export class Lease implements Task {
  #serving: Serving | undefined;
  #attemptAt: number;
  #attempt = 0;
  #refusals = 0;
  #lastError: SecretsError | undefined;
  #rotation: Promise<void> | undefined;
  #retirement: Retirement | undefined;
  #expired = false;
  #closed = false;
  readonly #outcomes = new Outcomes();
  readonly #consumers: Consumer[] = [];

  constructor(private readonly options: LeaseOptions) {
    this.#attemptAt = options.clock.monotonic();
  }

  get source(): CredentialSource {
    return this.options.source;
  }

  /** The credential that serves now. */
  get credential(): Credential | undefined {
    return this.#serving?.credential;
  }

  get lastError(): SecretsError | undefined {
    return this.#lastError;
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
    return nextLeaseAction({ attemptAt: this.#attemptAt, deadline });
  }

  /** To be called before the lease is added to the scheduler. */
  serve(consumer: Consumer): void {
    this.#consumers.push(consumer);
  }

  dueAt(): number {
    return this.next().at;
  }

  async run(): Promise<void> {
    const now = this.options.clock.monotonic();
    if (this.credential && deadlineOf(this.credential) <= now) this.#expire();
    if (this.#attemptAt <= now) await this.#rotateOnce().catch(() => undefined);
  }

  /** Replaces the credential now; resolves when the old one is drained, closed and revoked. @throws SecretsError */
  async rotate(): Promise<void> {
    await this.#rotateOnce();
    await this.#retirement?.done;
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
    await this.#retirement?.done;
  }

  /**
   * The server refused this credential: nothing is left to lose by replacing it at once. Not so when the last
   * attempt failed, or when one after the other is refused: every query would ask Vault for a lease.
   *
   * @throws SecretsError
   */
  async refused(user: string): Promise<void> {
    const { credential } = this;
    if (credential?.user !== user) return;
    if (this.#rotation === undefined) {
      const now = this.options.clock.monotonic();
      if (this.#lastError && this.#attemptAt > now) throw this.#lastError;
      this.#refusals = now - credential.obtainedAt < YOUNG_MS ? this.#refusals + 1 : 1;
      if (this.#refusals > REFUSALS_AT_ONCE) {
        this.#attempt = this.#refusals;
        throw this.#failed(new Error('the server refuses one credential after the other'));
      }
    }
    await this.#rotateOnce();
  }

  /** Resolves when a credential serves. @throws SecretsError with the reason when none does in time. */
  async ready(): Promise<void> {
    if (this.#closed) throw closed();
    if (this.#serving) return;
    if (this.#expired) throw this.#expiry();
    if (this.#lastError && !isTransient(this.#lastError)) throw this.#lastError;
    const { clock, startupMs, source } = this.options;
    const outcome = this.#outcomes.next();
    if (!(await within(clock, startupMs, outcome))) {
      const message = `no credential of ${source.role} within ${startupMs / 1_000} s`;
      throw new SecretsError('ERR_CREDENTIAL_UNAVAILABLE', message, { cause: this.#lastError });
    }
    await outcome;
  }

  /** Drains, closes and revokes; no credential serves any more. Never rejects. */
  async close(boundMs: number): Promise<void> {
    this.#closed = true;
    this.#outcomes.tell(closed());
    const { clock } = this.options;
    const end = clock.monotonic() + boundMs;
    if (this.#rotation) await within(clock, boundMs, this.#rotation);
    const last = this.#serving;
    this.#serving = undefined;
    const left = Math.max(0, end - clock.monotonic());
    const retirements = [this.#retirement, last && this.#retire(last, left)];
    const ends = retirements.map(async (retirement) => {
      await retirement?.closedWithin(left);
      await retirement?.done;
    });
    await Promise.all(ends);
  }

  #rotateOnce(): Promise<void> {
    this.#rotation ??= this.#rotate().finally(() => (this.#rotation = undefined));
    return this.#rotation;
  }

  async #rotate(): Promise<void> {
    const { source, clock, emit, rotateShare, drainMs } = this.options;
    try {
      await this.#finishRetirement();
      const credential = await source.obtain();
      const generations = await this.#prepare(credential);
      const old = this.#serving;
      for (const generation of generations) generation.activate();
      this.#serving = { credential, generations };
      this.#attemptAt = rotateAt(credential, rotateShare, clock.random());
      this.#attempt = 0;
      this.#lastError = undefined;
      this.#expired = false;
      this.#outcomes.tell();
      emit({
        type: 'credential_rotated',
        source: source.kind,
        role: source.role,
        previousUser: old?.credential.user,
        user: credential.user,
      });
      if (old) this.#retirement = this.#retire(old, drainMs);
    } catch (error) {
      throw this.#failed(error);
    } finally {
      this.options.scheduler.wake();
    }
  }

  /**
   * Never three generations: the budget of connections counts two. A drain that would still be going on at the
   * deadline of what serves now is cut short.
   */
  async #finishRetirement(): Promise<void> {
    const { credential } = this;
    const left = credential ? deadlineOf(credential) - this.options.clock.monotonic() : 0;
    await this.#retirement?.closedWithin(Math.max(0, left / 2));
  }

  async #prepare(credential: Credential): Promise<Generation[]> {
    const results = await Promise.allSettled(this.#consumers.map((consumer) => consumer.prepare(credential)));
    const failure = results.find((result) => result.status === 'rejected');
    const generations = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (failure === undefined && !this.#closed) return generations;
    await Promise.all(generations.map((generation) => generation.close()));
    await this.#revoke(credential);
    throw failure ? failure.reason : closed();
  }

  #retire(serving: Serving, boundMs: number): Retirement {
    return new Retirement(this.options.clock, serving, boundMs, (credential) => this.#revoke(credential));
  }

  async #revoke(credential: Credential): Promise<void> {
    const { emit, source, revocations } = this.options;
    const { user, giveBack } = credential;
    if (giveBack === undefined) return;
    const about = { source: source.kind, role: source.role, user };
    await revocations.revoke({
      giveBack,
      endsAt: () => deadlineOf(credential),
      onAttempt: (failure) =>
        emit(
          failure
            ? { type: 'revocation_failed', ...about, code: failure.code }
            : { type: 'credential_revoked', ...about },
        ),
    });
  }

  #failed(error: unknown): SecretsError {
    if (this.#closed) return closed();
    const { clock, emit, source } = this.options;
    const failure =
      error instanceof SecretsError
        ? error
        : new SecretsError('ERR_CREDENTIAL_UNAVAILABLE', `${source.role}: ${messageOf(error)}`, {
            cause: error,
          });
    this.#attempt += 1;
    this.#lastError = failure;
    const now = clock.monotonic();
    const deadline = this.credential && deadlineOf(this.credential);
    const pauseMs = failure.retryAfterMs + backoffMs(this.#attempt, clock.random());
    this.#attemptAt = retryAt(now, pauseMs, deadline);
    emit({
      type: 'credential_failed',
      source: source.kind,
      role: source.role,
      code: failure.code,
      message: failure.message,
      attempt: this.#attempt,
      servesForSeconds: deadline === undefined ? 0 : Math.max(0, (deadline - now) / 1_000),
    });
    if (!isTransient(failure)) this.#outcomes.tell(failure);
    return failure;
  }

  #expire(): void {
    const old = this.#serving;
    if (!old) return;
    this.#serving = undefined;
    this.#expired = true;
    this.#attemptAt = Math.min(this.#attemptAt, this.options.clock.monotonic());
    for (const consumer of this.#consumers) consumer.expire();
    const { emit, source } = this.options;
    emit({ type: 'credential_expired', source: source.kind, role: source.role, user: old.credential.user });
    this.#retirement = this.#retire(old, 0);
    this.#outcomes.tell(this.#expiry());
  }

  #expiry(): SecretsError {
    const message = `the credential of ${this.source.role} reached its deadline and could not be replaced`;
    return new SecretsError('ERR_CREDENTIAL_EXPIRED', message, { cause: this.#lastError });
  }
}

function closed(): SecretsError {
  return new SecretsError('ERR_SECRETS_CLOSED', 'the SecretsManager is closed');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown failure';
}
